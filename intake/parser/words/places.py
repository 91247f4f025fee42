"""Cities, states and countries: capitalised, but neither investor nor person."""

from __future__ import annotations

PLACES = frozenset(
    """
austin|dallas|houston|boston|chicago|miami|denver|seattle|atlanta|nashville|phoenix|portland|philadelphia|
new york|new york city|nyc|manhattan|brooklyn|los angeles|la|san francisco|sf|san diego|san antonio|san jose|palo alto|
menlo park|washington|washington dc|dc|detroit|minneapolis|cleveland|pittsburgh|charlotte|raleigh|tampa|orlando|
las vegas|vegas|salt lake city|kansas city|st louis|st. louis|new orleans|greenwich|aspen|palm beach|naples|
london|paris|berlin|munich|münchen|frankfurt|hamburg|cologne|zurich|zürich|geneva|vienna|amsterdam|rotterdam|brussels|
madrid|barcelona|lisbon|rome|milan|dublin|edinburgh|glasgow|manchester|copenhagen|stockholm|oslo|helsinki|warsaw|
prague|budapest|athens|istanbul|dubai|abu dhabi|doha|riyadh|tel aviv|singapore|hong kong|tokyo|seoul|shanghai|beijing|
mumbai|delhi|bangalore|sydney|melbourne|toronto|montreal|vancouver|calgary|mexico city|sao paulo|são paulo|
buenos aires|santiago|bogota|cape town|johannesburg|nairobi|lagos|monaco|luxembourg|davos|jersey|guernsey|cayman|
texas|california|florida|colorado|ohio|nevada|utah|virginia|georgia|illinois|michigan|massachusetts|connecticut|
arizona|oregon|tennessee|new jersey|north carolina|south carolina|
usa|us|u.s.|uk|u.k.|eu|uae|america|england|scotland|ireland|germany|france|spain|italy|switzerland|austria|portugal|
netherlands|belgium|sweden|norway|denmark|finland|poland|israel|india|china|japan|korea|australia|canada|mexico|brazil|
europe|asia|africa|midwest|east coast|west coast|bay area|silicon valley|wall street
""".replace("\n", "").split("|")
)
