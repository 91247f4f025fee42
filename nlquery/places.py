"""Where investors are, as people say it: “Texas” is also “Austin, TX”, and “CA” is not “Chicago”."""

from __future__ import annotations

from django.db.models import Q

# Two letters of a state stand for themselves only at the end of an address: within a word they are anywhere.
# fmt: off
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "UK": "United Kingdom", "US": "United States",
    "USA": "United States", "UAE": "United Arab Emirates",
}
# fmt: on
_CODES: dict[str, list[str]] = {}
for _code, _name in STATES.items():
    _CODES.setdefault(_name.casefold(), []).append(_code)


def within(field: str, said: str) -> Q:
    """The condition that a column of places lies in the place that was said."""
    name = STATES.get(said.upper().replace(".", ""))
    if name is None:
        found = Q(**{f"{field}__icontains": said})
        return found | _ends_in(field, _CODES.get(said.casefold(), []))
    return Q(**{f"{field}__icontains": name}) | _ends_in(field, _CODES[name.casefold()])


def _ends_in(field: str, codes: list[str]) -> Q:
    found = Q()
    for code in codes:
        found |= Q(**{f"{field}__iexact": code}) | Q(**{f"{field}__iendswith": f" {code}"})
    return found
