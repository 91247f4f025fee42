"""Everyday words of the trade: they open sentences with a capital, and they end a name typed in lower case."""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
a about above according across after again against ago ahead all almost alone along already alright also although always am
among an and any anybody anyone anything anyway apparently are around as asap at away back be became because been before behind being
below besides best better between beyond both but by btw came can can't cannot cc come comes coming could couldn't did
didn't do does doesn't doing don't done down due during each early either else enough especially even ever every everybody
everyone everything exactly except far few finally first fine for from fwd fw further fyi gave get gets getting give given
gives go goes going gone good got gotten had hadn't half happy hard has hasn't have haven't having he he'd he'll he's
hello hence her here hers herself hey hi him himself his how however i i'd i'll i'm i've ideally if im in indeed inside instead
into is isn't it it'd it'll it's its itself ive just keen kept last late later latest least less let let's like likely
lots made mainly make makes making many may maybe me mean meanwhile might mine more moreover most mostly much must my
myself near nearly neither never nevertheless next nice no nobody none nor not nothing now of off often oh ok okay old on
once one ones only onto or other others otherwise our ours out outside over own part per perhaps please pls plus possible
possibly pretty probably put quick quickly quite rather re really recently regarding right said same saw say saying says
see seem seemed seems seen several shall she she'd she'll she's should shouldn't since so some somebody someone something
somewhat soon sorry still such super sure take taken takes taking than thank thanks that that's the their theirs them
themselves then there there's therefore these they they'd they'll they're they've thing things this those though through
thru thus till to today together told tomorrow tonight too took toward towards tried try trying two three four five six
seven eight nine ten under unfortunately unless until up upon us use used using usually very via want wanted wants was wasn't we
we'd we'll we're we've well went were weren't what what's whatever when whenever where whether which while who who's
whoever whom whose why will wish with within without won't would wouldn't wow yay yeah yep yes yesterday yet you you'd
you'll you're you've your yours yourself shes hes theyre theyll dont didnt doesnt cant wont isnt wasnt w/ w wo thx ty np vs
hopefully afterwards soonish roughly approx approximately around somewhere overall additionally separately
""".split()
)

TRADE_WORDS = frozenset(
    """
min max main exchanged cancel cancelled annual regular reference note-to-self unchanged swapped nobody accept accepted access account accounting accounts accredited across action add added adding address admin advised afternoon agenda
agreed agreement allocate allocated allocating allocation allocations amount amounts annual annually answer answered answers
appetite apply appointment appreciate approached approval approve approved april arrange arranged ask asked asking asks
assistant attach attached attend attended attending august aum available await awaiting bad balance based because been begin
believe big bigger birthday board book booked both bought breakfast brief briefly bring brought brunch budget build building
business busy buy buying call callback called calling calls cancelled card cash caught chance change changed changes chase
chased chat chats chatted check checked checking checks cheque circle circled circulate clarify client clients close closed
closes closing coffee co-invest cob coinvest colleague colleagues comfortable comments commit commitment commitments commits committed
committee committing common concern concerned concerns conference confirm confirmed confirming confirms connect connected
connection consider considering consultant contact contacted contacts contract conversation copy correct cost could
countersigned counting couple cover coverage create created currency current currently customer data date day days dd ddq
deal deals dear debt december decide decided decides decision deck decks declined declining delay delayed demo detail details
dialed dialled diligence dinner direct directly director disappointed discuss discussed discussing discussion distribution
distributions docs document documents done doubt download draft drafted drink drinks drop dropped due dying earlier easy eat
either email e-mail e-mailed emailed emailing emails end ended engaged english enjoyed enough entity eod eom eow estate evening event
everyone excellent excited existing expect expected expecting expects explain explained exploring exposure extended fair family
fan fast february fee fees feedback feel feels felt figure file filed files final finish finished firm firms flag flagged flight flow
focus follow followed following follow-up followup forget forgot form forms forward forwarded friday friend friends front
full fund funded funding funds funny further future game gave general gents glad golf google gp gps great greetings
grabbed group growth guess guy guys half hand handle handed happen happened happening head hear heard held help helped
helpful hesitant high hit hold holds holiday home hope hopes hoping hot hour hours house huge ic idea immediately important
impressed in-person including increase increased incoming indicated indicates indicating indication info inform informed information inquiry institution intend intends
interest interested interesting internal intro introduced introducing introduction invest invested investing investment
investments investor investors invite invited invoice irr issue issues january job join joined joining july june k-1 k-1s k1
k1s keep kids kind know knows lady last lead leads learned leave left legal let letter letters level leverage life liked likes
line link linkedin liquidity list listed little live loan local lock log logged long longer look looked looking looks loop
looped lost lot love loved loves lovely lp lpa lps lunch lunched mail mailed major manage manager managers manages mandate march mark
market marked materials matter mee meet meeting meetings meets member memo mention mentioned mentions message messaged messages met
mind minimum minute minutes missed model moment monday money month monthly months morning move moved moves moving name named
nda need needed needs negative negotiating network new news newsletter night noon note noted notes november nudge number numbers
object october offer offered office offline online open opened opinion opportunity option order original outreach overdue
overview owe owes owner page paid paper paperwork parents partners party pass passed passes passing past patient pause paused pay payment
pencil pencilled people performance person personal personally phone phoned pick picked ping pinged pipeline pitch pitched place placed plan
planning plans pleasant pleased plenty point points pool portal portfolio position positive post postponed potential ppm
prefer preferred prefers prep prepare prepared presentation presented president press previous price pricing principal private
problem process profile progress project promised properly property proposal prospect prospective provided public pull pulled
pursue push pushed q1 q2 q3 q4 quarter quarterly question questions quick quiet raise raised raising rang range ran reach
reached reaching read ready real reason received recap recent recommended reconnect record redemption refer reference references
referred regards reject rejected relationship remember remind reminded reminder removed rep replied reply replying report
reporting reports request requested requests require required reschedule rescheduled research respond responded responds response
rest result results return returned returns reup re-up reverted review reviewed reviewing reviews revisit ring risk road room round rsvp
safe sat satisfied saturday save saying schedule scheduled scheduling secretary section seemed segment sell send sending sends
senior sent september series serious session set sets setting share shared sharing sheet short shortly show showed shows sick side
side-letter sign signed signing signs simple single sit site situation size sized skeptical skip slide slides slow small
soft solid sold solution sounded sounds source speak speaking speaks special specific spend spoke spoken spousal spouse spv staff
stage stalled stand start started starting starts state statement status stay step steps stick stop story strategy strong
structure stuff sub subdocs subject submit submitted subscribe subscribed subscription subs suggest suggested suggests sunday
support supposed swing switch talk talked talking talks target targeting tax team tech teleconference tell tempted tentative
term terms text texted texting thesis think thinking thinks thought thoughts thursday ticket tickets time timeline timing tip
today tokens top topic touch touched tour toured towards track transfer transferred trip true tuesday turn turned twice type
unable understand understood undecided unlikely unsure update updated updates upped urgent used useful usual vacation
valuation value various vc vehicle verbal verbally verified video view visit visited visiting vm voice voicemail voicemails vote
wait waiting wanna warm watch way website wednesday week weekend weekly weeks weird welcome went whatsapp whatsapped wife wire wired
wiring wonderful word work worked working works worried worth would wrap write writing wrong wrote year years yes zoom zoomed
nov dec jan feb mar apr jun jul aug sep sept oct mon tue tues wed thu thur thurs fri
crm matrix slack signal telegram teams webinar docusign excel pdf powerpoint faq usd eur gbp chf re fw fwd
reupping diligencing onboarding kyc aml w-9 w9 esg roi moic dpi tvpi nav ebitda aka dba hq hr pm am est pst cst
investing-committee follow-ups catch catching bumped ran bump grab chatting dropping leaving pushing chasing pinging
dinner-with husband son daughter brother sister mother father dad mom boss gentleman woman man women men lawyer attorney
accountant counsel auditor custodian banker broker fine-print golfed hosted hosting host introductory kickoff kick kicked
""".split()
)

COMMON = FUNCTION_WORDS | TRADE_WORDS
