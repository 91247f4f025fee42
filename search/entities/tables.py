"""Words that the rules know: of firms, of countries, of people, of mail hosts. Facts of language and of company law."""

from __future__ import annotations

from collections.abc import Mapping

from crm_site.core import naming


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    """ "a b = c; d = e" → {"a": "c", "b": "c", "d": "e"}; several words of one key are joined by an underscore."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        keys, _, value = part.partition("=")
        found.update({key.replace("_", " "): value.strip() for key in keys.split()})
    return found


# Words of a firm's name that say little of which firm is meant: left out, they usually mean the same firm still.
NEUTRAL = _words(
    "capital partner group holding management manager advisor advisory investment investor invest asset wealth company"
    " associate global firm office family llc"
)
# Words that set apart the houses of one name: a firm, its foundation, its bank, its property arm.
DIVISIONS = _words(
    "fund venture trust foundation endowment pension retirement insurance assurance reinsurance bank banking credit debt"
    " realestate real estate property realty infrastructure growth equity buyout private secondary impact energy"
    " renewable technology tech health healthcare bioscience science life international overseas offshore onshore"
    " feeder master parallel coinvest opportunity opportunistic special situation income securities brokerage"
    " superannuation charity charitable university school college hospital church museum society association union"
    " council federation league services solutions systems industries logistics materials shipping foods brands labs"
    " consulting lending leasing mortgage mezzanine seed early late stage digital crypto institutional retail public"
    " north south east west northern southern eastern western central"
)
# One form of each of the words above, and abbreviations beyond those of `naming`.
ONE_FORM: Mapping[str, str] = {
    **naming.ABBREVIATIONS,
    **_pairs(
        "partners ptr ptrs ptnr ptnrs = partner; advisers advisors adviser advisory = advisor; ventures = venture;"
        " holdings hldg hldgs = holding; investments invs invmt invmts investing = investment; investors = investor;"
        " funds fd = fund; assets = asset; managers = manager; associates assocs assoc = associate; groups grp = group;"
        " properties = property; trusts = trust; foundations fdn fndn = foundation; banks = bank; offices = office;"
        " families = family; opportunities opps = opportunity; situations = situation; technologies = technology;"
        " secondaries = secondary; pensions = pension; endowments = endowment; equities = equity;"
        " intl = international; mgmt mgt mngmt = management; svcs service = services;"
        " solution = solutions; system = systems; industry = industries; renewables = renewable; ins = insurance;"
        " natl = national; univ = university; assn = association; soc = society; inst = institute; bros = brothers;"
        " dev = development; st = saint; ft = fort; mt = mount"
    ),
}

# The country of a legal form, where it tells one (Germany's and Austria's forms are alike, so are some others).
FORM_COUNTRIES: Mapping[str, frozenset[str]] = {
    form: frozenset(countries.upper().split())
    for form, countries in {
        **dict.fromkeys("gmbh ag kg kgaa ohg gbr ug mbh gmbhcokg ev".split(), "de at ch li"),
        **dict.fromkeys("inc incorporated corp corporation lllp pllc".split(), "us ca"),
        "llc": "us", "plc": "gb ie", "cic": "gb", "sas": "fr", "sasu": "fr", "eurl": "fr", "snc": "fr it",
        "sarl": "fr lu ch ma", "sca": "fr lu be", "scsp": "lu", "sicav": "lu fr be", "sicar": "lu", "raif": "lu",
        "spa": "it dz", "srl": "it ro ar be", "sapa": "it", "sgr": "it", "sl": "es", "slu": "es", "sau": "es ar",
        "bv": "nl be", "nv": "nl be", "cv": "nl be", "vof": "nl be", "bvba": "be", "sprl": "be", "cvba": "be",
        "ab": "se fi", "kb": "se", "asa": "no", "aps": "dk", "oy": "fi", "oyj": "fi", "hf": "is", "ehf": "is",
        "spzoo": "pl", "sro": "cz sk", "kft": "hu", "zrt": "hu", "ood": "bg", "eood": "bg", "ooo": "ru", "oao": "ru",
        "zao": "ru", "lda": "pt", "sgps": "pt", "ltda": "br cl co", "eireli": "br", "pty": "au za", "pte": "sg",
        "sdn": "my", "bhd": "my", "pvt": "in pk", "kk": "jp", "gk": "jp", "dmcc": "ae", "fzco": "ae", "fze": "ae",
        "wll": "qa bh kw", "pjsc": "ae",
    }.items()
}  # fmt: skip
ONE_LEGAL_FORM = _pairs("incorporated = inc; corporation = corp; limited = ltd; company = co")

# Countries and the larger regions that firms name their houses after, as ISO codes where there is one.
COUNTRIES = _pairs(
    "usa us america united_states = US; americas = AMERICAS; north_america = NORTHAM; latin_america latam = LATAM;"
    " uk gb britain great_britain united_kingdom england = GB; scotland = SCT; wales = WLS; ireland = IE;"
    " germany deutschland = DE; france = FR; italy italia = IT; spain espana iberia = ES; portugal = PT;"
    " netherlands holland nederland = NL; belgium belgique = BE; luxembourg lux = LU; switzerland suisse schweiz = CH;"
    " austria osterreich oesterreich = AT; poland polska = PL; czechia czech = CZ; hungary = HU; romania = RO;"
    " greece hellas = GR; turkey turkiye = TR; russia = RU; ukraine = UA; sweden sverige = SE; norway norge = NO;"
    " denmark danmark = DK; finland suomi = FI; iceland = IS; nordic nordics scandinavia = NORDIC; baltic = BALTIC;"
    " europe european = EUROPE; emea = EMEA; apac asia_pacific = APAC; asia asian = ASIA; africa african = AFRICA;"
    " mena = MENA; gulf gcc = GCC; china = CN; hongkong hong_kong hk = HK; taiwan = TW; japan nippon = JP; korea = KR;"
    " india = IN; singapore = SG; malaysia = MY; indonesia = ID; thailand = TH; vietnam = VN; philippines = PH;"
    " australia = AU; new_zealand = NZ; canada = CA; mexico = MX; brazil brasil = BR; argentina = AR; chile = CL;"
    " colombia = CO; peru = PE; israel = IL; uae emirates united_arab_emirates = AE; saudi saudi_arabia ksa = SA;"
    " new_jersey = US-NJ; new_england = US-NE; qatar = QA; kuwait = KW; egypt = EG; nigeria = NG; kenya = KE; south_africa = ZA; morocco = MA; cayman = KY;"
    " bermuda = BM; jersey = JE; guernsey = GG; delaware = US-DE"
)
NUMBER_WORDS = _pairs(
    "one first i = 1; two second ii = 2; three third iii = 3; four fourth iv = 4; five fifth v = 5; six sixth vi = 6;"
    " seven seventh vii = 7; eight eighth viii = 8; nine ninth ix = 9; ten tenth x = 10; eleven xi = 11; xii = 12;"
    " xiii = 13; xiv = 14; xv = 15"
)
# After these a number, a Roman numeral or a single letter tells one vehicle from the next.
BEFORE_A_NUMBER = _words(
    "fund series class vehicle pool tranche feeder partner capital venture equity growth spv no"
)
PLACES = _pairs(
    "nyc manhattan = new york; sf = san francisco; la = los angeles; ldn = london; dc = washington; philly = philadelphia"
)
PLACE_NOISE = _words("city greater area metro downtown region county state the of")

HONORIFICS = _words(
    "mr mrs ms miss mx dr prof professor sir dame lord lady hon rev herr frau mme mlle m sig dott ing dipl"
    " md phd mba cfa cpa esq jd llm frm caia obe cbe mbe kc qc ret"
)
GENERATIONS = _pairs("jr junior = jr; sr senior = sr; ii = 2; iii = 3; iv = 4")
PARTICLES = _words(
    "van von der den de del della di da dos das du la le lo el al bin ibn abu ben zu zur ter ten af av mac mc o st"
)
# Each line: given names of which one is a short or local form of the other.
_NICKNAMES = """
alexander alex sasha sandy xander aleksandr alejandro alessandro|alexandra alex sandra sasha lexi|andrew andy drew andre
anthony tony anton antonio|barbara barb babs|benjamin ben benny|bernard bernie|catherine katherine kathryn cathy kathy
kate katie kat katharina catalina|charles charlie chuck chas carl karl carlos|christine christina chris tina kristina
christopher chris kit|cynthia cindy|daniel dan danny|david dave davey|deborah deb debbie debra|donald don donny
dorothy dot dottie|edward ed eddie ted ned eduard eduardo|eleanor ellie nell nora|elizabeth liz beth betty eliza lisa
elisabeth libby lizzie|emily em emmy|eugene gene|florence flo|francis frank fran francisco|frances fran francesca
franklin frank|frederick fred freddie fritz friedrich|gabriel gabe|geoffrey jeffrey jeff geoff|george georg jorge
gerald gerry jerry|gregory greg|harold harry hal|henry harry hank henrik heinrich|isabel isabella bella izzy
jacob jake|jacqueline jackie|james jim jimmy jamie|jane janie|janet jan|jason jay|jeremy jerry|jennifer jen jenny
jessica jess jessie|joan joanie|john jack johnny jon johann jean juan giovanni ivan|jonathan jon jonny|joseph joe joey jose
joshua josh|judith judy|julia julie|kenneth ken kenny|kimberly kim|lawrence laurence larry lars|leonard len lenny leo
louis lou luis ludwig|lucas luke lukas|margaret maggie meg peggy marge greta rita|martin marty|mary molly polly maria marie
matthew matt matthias mathieu|maximilian max|megan meg|melissa missy|michael mike mick mickey michel miguel|nancy nan
natalie nat|nathan nathaniel nate nat|nicholas nick nico nicolas niklas|olivia liv|pamela pam|patricia pat patty tricia trish
patrick pat paddy|peter pete pedro pietro pierre|philip phillip phil|rachel rae|raymond ray|rebecca becky becca
richard rick rich dick ricky ricardo|robert bob rob bobby robbie roberto|roger rodge|ronald ron ronnie|samuel sam sammy
samantha sam|sarah sara sally sadie|sebastian seb|stephanie steph|stephen steven steve stefan esteban|susan sue susie suzanne
teresa theresa terry tess|theodore ted theo teddy|thomas tom tommy tomas|timothy tim timmy|valerie val|victoria vicky tori
vincent vince vinny|virginia ginny|walter walt wally|william bill will billy willy liam wilhelm guillermo|zachary zach zack
"""
NICKNAMES: Mapping[str, frozenset[int]] = {}
_groups: dict[str, set[int]] = {}
for _number, _group in enumerate(_NICKNAMES.replace("\n", "|").split("|")):
    for _name in _group.split():
        _groups.setdefault(_name, set()).add(_number)
NICKNAMES = {name: frozenset(numbers) for name, numbers in _groups.items()}

FREE_MAIL = naming.FREE_MAIL | _words(
    "hey.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net ymail.com rocketmail.com hotmail.co.uk"
    " hotmail.fr hotmail.de live.co.uk outlook.de outlook.fr yahoo.fr yahoo.de yahoo.co.in yahoo.ca yahoo.com.au"
    " btinternet.com virginmedia.com sky.com bluewin.ch hispeed.ch wanadoo.fr free.fr sfr.fr laposte.net libero.it"
    " alice.it tin.it terra.es ziggo.nl kpnmail.nl xs4all.nl telenet.be skynet.be freenet.de arcor.de posteo.de"
    " mailbox.org tutanota.com pm.me duck.com hushmail.com rediffmail.com naver.com hanmail.net 126.com sina.com"
    " foxmail.com mail.ru inbox.ru bk.ru list.ru rambler.ru seznam.cz wp.pl o2.pl onet.pl bigpond.com optusnet.com.au"
    " shaw.ca rogers.com bell.net sympatico.ca"
)
# Hosts on which many firms have their page: the domain is the host's, not the firm's.
SHARED_HOSTS = _words(
    "linkedin.com facebook.com twitter.com x.com instagram.com youtube.com medium.com crunchbase.com pitchbook.com"
    " angel.co wellfound.com google.com goo.gl bit.ly linktr.ee notion.site notion.so wordpress.com wixsite.com wix.com"
    " squarespace.com weebly.com webflow.io github.io blogspot.com godaddysites.com carrd.co about.me bloomberg.com"
    " wikipedia.org yelp.com adviserinfo.sec.gov sec.gov dropbox.com substack.com tumblr.com"
)
# Mailboxes that several people read.
ROLE_MAILBOXES = _words(
    "info office contact contacts hello mail admin administrator support team sales ir investors investor investorrelations"
    " relations enquiries inquiries general reception press media billing accounts accounting finance legal compliance hr"
    " jobs careers privacy webmaster postmaster noreply no-reply service operations ops invest partners family"
)
GMAIL = frozenset({"gmail.com", "googlemail.com"})
