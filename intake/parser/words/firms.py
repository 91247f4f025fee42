"""Words that firms are named with."""

from __future__ import annotations

# One of these in a capitalised span makes it a firm.
FIRM_WORDS = frozenset(
    """
capital partners partner ventures venture holdings holding trust trusts foundation pension pensions endowment group advisors
advisers advisory wealth management investments investment investors equity equities asset assets associates
securities bank banking bancorp insurance assurance fund funds office offices llc llp lp inc incorporated corp
corporation co company ltd limited plc gmbh ag kg ug bv nv sa sarl spa srl ab oy as aps sicav pte pty retirement
superannuation treasury credit financial finance university college hospital properties
property realty estates industries enterprises international global charities stiftung family-office fo familienoffice
kapital beteiligungen versicherung pensionskasse syndicate angels labs systems council teachers
""".split()
)

# Legal forms: they close a name.
LEGAL_FORMS = frozenset(
    "llc llp lp inc corp co ltd plc gmbh ag kg ug bv nv sa sarl spa srl ab oy as aps pte pty".split()
)

# Short or everyday words that name a firm only when written with a capital after another capitalised word.
WEAK_FIRM_WORDS = frozenset(
    "co as sa ab ag kg partner office offices credit bank fund funds company global systems council teachers college"
    " labs assets asset property properties international insurance university hospital".split()
)

# What firms are called after: it tells "Cedar Row" from a person whose given name we do not know.
FIRM_NOUNS = frozenset(
    """
acorn alder alpha alpine amber anchor apex apple arbor arch arctic arrow ash aspen atlantic atlas aurora badger bay beach
beacon bear beaver beech birch bison black blue bluff boulder bridge bridgewater bright bright-line brook brown buffalo
canyon cape cardinal cascade castle cedar center centre channel chapel cherry chestnut circle city clear cliff cloud
clover coast cobalt colony common compass condor copper coral corner corvus court cove coyote crane creek crescent crest
cross crown crystal cypress dale dawn deep delta desert diamond dolphin dove dragon dune dunes eagle east ebony echo edge
elk elm ember emerald evergreen everest falcon fall falls farm fern field fields fir first fjord flint forest fork fort
forge fox frontier gate gateway geneva glacier glen gold golden granite grand gravel great green grey gray grove gulf gull hall
harbor harbour haven hawk hawthorn hazel heath heather hedge heights heritage heron hickory high highland hill hills hollow holly
horizon horn house hudson indigo iron island isle ivory ivy jade juniper keystone key king kings kite knoll lagoon
lake lakes lakeshore lakeside lambda landing landmark lane lantern laurel ledge legacy liberty light lighthouse lily
linden lion lone long lotus lunar lynx magnolia main maple marble marina mariner marsh mast meadow meadows meridian
mesa midland midway mill mint mirror mission moon moor moose moss mount mountain mulberry neptune new noble north
northern northgate northstar northwind nova oak oakwood oaks oasis obsidian ocean olive omega onyx opal orbit orchard orchid
orion osprey otter owl pacific palm palisade panther paragon park pass path peak pearl pebble pelican penguin peninsula
phoenix pier pillar pine pines pinnacle pioneer plains planet plateau pointe point polar pond poplar port prairie
prime prospect puma quail quarry quartz queen rabbit rain raven red redwood reef regent ridge rise river rivers riverside road
robin rock rocks rocky rose row royal ruby sable saddle saffron sage sail salmon salt sand sands sapphire sea second
sequoia shadow shell shore shores sierra silver sky slate snow solar south southern spring springs spruce square stag star
steel stone stones storm strand stream street summit sun sunrise sunset swan swift sycamore table tall tamarack teal tern
terra terrace thistle thorn three tide tiger timber torch tower towers trail tree trees trident trillium triton tundra
twin union upland vale valley vantage vector venture view village vine vineyard vista walnut water waters waterfall wave wells west
western wharf wheat white wild willow wind windward wing wolf wood woods wren yellow yew zenith zephyr
lakeview stonebridge westbrook eastgate southgate westgate ironwood bluestone greenfield clearwater silverlake fairview
""".split()
)

# Well-known houses whose name looks like a person's.
HOUSES = frozenset(
    """
morgan stanley|jp morgan|jpmorgan|goldman sachs|goldman|charles schwab|franklin templeton|merrill lynch|edward jones|
raymond james|wells fargo|lazard|rothschild|blackrock|vanguard|fidelity|ubs|credit suisse|julius baer|pictet|
lombard odier|apollo|kkr|carlyle|blackstone|sequoia|calpers|calstrs|texas teachers|hsbc|barclays|citi|
cambridge associates|mercer|hamilton lane|stepstone
""".replace("\n", "").split("|")
)
