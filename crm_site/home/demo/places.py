"""Where the invented investors live. Phone numbers come only from ranges that regulators keep free for fiction.

Ranges: US 555-0100..0199 (NANPA), UK drama numbers (Ofcom), Germany (Bundesnetzagentur), France (Arcep), Australia (ACMA).
"""

from __future__ import annotations

from crm_site.home.demo.shapes import Place

PLACES = (
    Place("New York", "US", ("the Yale Club", "a diner off Lexington", "their floor on Park Avenue", "Bryant Park")),
    Place("Boston", "US", ("the Harvard Club", "their office on State Street", "a place on Newbury Street")),
    Place("Chicago", "US", ("their office in the Loop", "the Drake", "a steakhouse on Rush Street")),
    Place("Austin", "US", ("a taco place on South Congress", "their house on Lake Austin", "the Driskill bar")),
    Place("Dallas", "US", ("their Uptown office", "the Mansion on Turtle Creek", "a Highland Park cafe")),
    Place("San Francisco", "US", ("the Battery", "their office on Sansome", "a coffee cart near the Ferry Building")),
    Place("Los Angeles", "US", ("a cafe in Brentwood", "their Century City office", "the Jonathan Club")),
    Place("Miami", "US", ("Brickell", "a terrace in Coral Gables", "their office on Biscayne")),
    Place("Denver", "US", ("their LoDo office", "Union Station", "a brewery in RiNo")),
    Place("Atlanta", "US", ("their Buckhead office", "a place in Midtown", "the Capital City Club")),
    Place("Seattle", "US", ("their office on Second Avenue", "a cafe in Fremont", "the Rainier Club")),
    Place("Nashville", "US", ("the Gulch", "their office in Green Hills", "a barbecue place on 8th")),
    Place("Minneapolis", "US", ("their office in the IDS Center", "a place by Lake Harriet")),
    Place("Toronto", "US", ("Bay Street", "a place in Yorkville", "their office near Union Station")),
    Place("London", "GB", ("their Mayfair office", "a table at the back of Wiltons", "St James's", "Canary Wharf")),
    Place("Edinburgh", "GB", ("Charlotte Square", "the New Club", "a place on George Street")),
    Place("Manchester", "GB", ("Spinningfields", "their office on King Street", "the Midland")),
    Place("Bristol", "GB", ("Queen Square", "a cafe in Clifton", "their harbourside office")),
    Place("Dublin", "GB", ("St Stephen's Green", "their office on Merrion Square", "the Shelbourne")),
    Place("Berlin", "DE", ("their office on Kurfürstendamm", "a place in Mitte", "the Adlon lobby")),
    Place("Hamburg", "DE", ("the Anglo-German Club", "their office on the Alster", "HafenCity")),
    Place("Munich", "DE", ("their office on Maximiliansplatz", "a place in Schwabing", "the Bayerischer Hof")),
    Place("Frankfurt", "DE", ("Westend", "their office near the Alte Oper", "the airport Sheraton")),
    Place("Zurich", "DE", ("Bahnhofstrasse", "the Baur au Lac", "their office in Enge")),
    Place("Vienna", "DE", ("a coffee house on the Ring", "their office in the First District")),
    Place("Paris", "FR", ("their office on avenue Montaigne", "a brasserie in the 8th", "La Défense")),
    Place("Geneva", "FR", ("rue du Rhône", "the Beau-Rivage", "their office in Eaux-Vives")),
    Place("Lyon", "FR", ("Presqu'île", "a bouchon in Vieux Lyon", "their Part-Dieu office")),
    Place("Luxembourg", "FR", ("Kirchberg", "their office on boulevard Royal")),
    Place("Brussels", "FR", ("the Louise district", "their office near Sablon")),
    Place("Amsterdam", "DE", ("the Zuidas", "a place on the Herengracht")),
    Place("Copenhagen", "DE", ("their office in Nordhavn", "a place in Frederiksberg")),
    Place("Stockholm", "DE", ("Östermalm", "their office on Birger Jarlsgatan")),
    Place("Milan", "FR", ("a bar in Brera", "their office on via Manzoni")),
    Place("Madrid", "FR", ("their office on Serrano", "a place in Salamanca")),
    Place("Singapore", "AU", ("Raffles Place", "their office in Marina Bay", "the Tanglin Club")),
    Place("Hong Kong", "AU", ("their office in Central", "the China Club", "a place in Sheung Wan")),
    Place("Dubai", "GB", ("the DIFC", "their office in Gate Village")),
    Place("Sydney", "AU", ("their office on Martin Place", "a cafe in Surry Hills", "Barangaroo")),
    Place("Melbourne", "AU", ("Collins Street", "a place in South Yarra")),
)  # fmt: skip
# The first cities appear most often: the firm raises mostly at home.
WEIGHTS = tuple(max(3, 26 - at) for at in range(len(PLACES)))

_US_AREAS = (
    "212 312 617 512 214 415 310 305 303 404 206 615 612 416 646 773 857 737 469 628 424 786 720 678 425 629 "
    "917 630 781 830 972 650 818 954 970 770 253 931 763 647 203 201 508 210 817 408 626 561 719 706 360 901 952 905"
).split()

# country: (prefix as written, digits that follow, how many numbers the range holds)
_RANGES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "US": tuple((f"+1 {area} 555 01", 2, 100) for area in _US_AREAS),
    "GB": (
        ("+44 20 7946 0", 3, 1000),
        ("+44 131 496 0", 3, 1000),
        ("+44 161 496 0", 3, 1000),
        ("+44 117 496 0", 3, 1000),
        ("+44 7700 900", 3, 1000),
    ),
    "DE": (
        ("+49 30 23125 ", 3, 1000),
        ("+49 40 66969 ", 3, 1000),
        ("+49 89 99998 ", 3, 1000),
        ("+49 69 90009 ", 3, 1000),
    ),
    "FR": (("+33 1 99 00 ", 4, 10_000), ("+33 6 39 98 ", 4, 10_000)),
    "AU": (("+61 2 5550 ", 4, 10_000), ("+61 3 5550 ", 4, 10_000)),
}
# A stride without a common divisor with any range's size: numbers look drawn, and none comes twice.
_STRIDE = 37


def phone(country: str, serial: int) -> str:
    """The number `serial` of a country's free ranges; empty once they are used up, so that no two people share one."""
    ranges = _RANGES[country]
    prefix, digits, size = ranges[serial % len(ranges)]
    at = serial // len(ranges)
    return f"{prefix}{at * _STRIDE % size:0{digits}d}" if at < size else ""
