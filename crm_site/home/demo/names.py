"""Names of invented people and firms: many enough that fifty thousand investors sound like fifty thousand."""

from __future__ import annotations

import random

from crm_site.core import naming

# Given and family names that go together, so that nobody is called Giovanni Nakamura unless by rare chance.
# fmt: off
_CULTURES: tuple[tuple[str, str], ...] = (
    ("James Robert Emily Sarah Dana Thomas Laura Kevin Megan Andrew Rachel Brian Claire Peter Julia Mark Hannah Daniel Grace "
     "Stephen Olivia Patrick Nora Walter Alice Henry Martha George Evelyn Neil Fiona Graham Iris Colin Heather Douglas Ruth",
     "Whitfield Calder Ashworth Pryce Holloway Mercer Langford Thorne Barlow Kendrick Sutherland Fairchild Hargrove Lockwood "
     "Winslow Prescott Hale Bramwell Chandler Draper Eastwood Fenwick Garrick Hobbs Ingram Jessop Kirby Lowell Marlow Nash "
     "Oakes Penrose Quincy Radcliffe Selby Tennant Upton Vance Wardell Yardley Abbott Blackwood Carmichael Dunmore Ellery"),
    ("Priya Rohan Anika Vikram Meera Arjun Kavita Sanjay Leela Nikhil Divya Rahul Asha Dev Nisha Karan",
     "Nair Mehta Iyer Kapoor Rao Desai Banerjee Chatterjee Malhotra Patel Reddy Krishnan Bose Sethi Joshi Menon Varma"),
    ("Wei Mei Jun Li Hua Xin Yan Ming Fang Jian Kenji Yuki Haruto Aiko Min-jun Seo-yeon Hyun Ji-woo Linh Minh",
     "Chen Zhang Lin Wong Tan Lim Huang Nakamura Sato Watanabe Ito Kim Park Lee Choi Nguyen Tran Ng Chua Goh Yamada"),
    ("Anna Jonas Lena Felix Katharina Matthias Ingrid Stefan Greta Lukas Ulrike Henrik Astrid Lars Sofia Nils Johanna Klaus",
     "Brandt Vogel Lindqvist Hartmann Keller Sommer Nyberg Falk Richter Steiner Dahl Bergström Hoffmann Ziegler Ostermann Holm "
     "Vandermeer de_Vries Kuiper Jansen Engel Baumann Roth Lindholm Aasen Krogh Winther Petersen Albrecht Wegener Thalberg"),
    ("Camille Luc Élodie Mathieu Chloé Antoine Giulia Marco Elena Paolo Lucía Javier Carmen Diego Inês Tomás Beatriz Alessandro",
     "Moreau Lefèvre Girard Fontaine Rousseau Delacroix Conti Ferrari Ricci Bellini Ortega Navarro Serrano Vidal Almeida Sousa "
     "Carvalho Marchetti Gallo Beaumont Chevalier Renard Duval Castellano Esteban Quintana Lombardi Moretti Saint-Clair"),
    ("Omar Layla Yusuf Amina Tariq Noor Karim Salma Chidi Amara Kwame Zainab Tunde Ifeoma Samir Rania David Miriam Ari Talia",
     "Haddad Rahman Khalil Mansour Farouk Aziz Nasser Okafor Adeyemi Mensah Diallo Eze Balogun Cohen Levi Shapiro Rosen Ben-Ami "
     "Sharif Kassab Najjar Osei Abara Goldfarb Amsel"),
    ("Katarzyna Piotr Magda Jakub Ivana Milan Ana Andrei Ioana Viktor Olena Marek Zofia Tamás Petra Luka",
     "Kowalska Nowak Zielinski Horvat Novák Popescu Ionescu Szabo Kovács Petrov Shevchenko Wolski Marek Dvorak Radu Jankowski"),
)
_CULTURE_WEIGHTS = (44, 10, 13, 14, 11, 8, 6)
_FRONTS = (
    "Ash Birch Black Blue Bram Brook Calder Cedar Clear Cold Crest Dun East Elm Fair Fen Fern Glen Gold Gran Gray Green Hal "
    "Harbor Hart Haven Hazel Heron High Hol Iron Kel Kestrel King Lang Lark Laurel Long Mar Meadow Mill Moor North Oak Old "
    "Orch Otter Pem Pine Quarry Raven Red Ridge River Rock Rook Rowan Saint Salt Sea Silver South Spring Stan Sterling Stone "
    "Summer Sun Swan Thorn Timber Tide Tor Wel West Wheat White Wild Willow Win Wolf Wood Wren Yar Alder Amber Arden Beacon "
    "Bay Chalk Cobble Copper Dover Ember Falcon Flint Gale Garnet Hollow Indigo Jasper Juniper Kings Linden Marble Nettle Opal"
).split()
_BACKS = (
    "bank bourne bridge brook bury combe cote court crest croft dale dean den field fleet ford gate grove ham haven hill holme "
    "hurst land leigh ley line lock low mark mead mere mont moor more port pool reach ridge row shaw shore side stead stone "
    "stow thorpe ton vale view ville wall water way well wharf wick wood worth yard"
).split()
_PAIRS = (
    "Point Row Hill Bridge Harbor Street Lane Peak Bay Creek Rock Gate Field Crossing Landing Square Wharf Hollow Bluff Light"
).split()
_TAILS = {
    "family_office": ("Family Office", "Family Holdings", "Family Partners", "Capital", "Private Office", "Family Trust", "Heritage",
                      "Holdings", "Family Investments", "Legacy Partners"),
    "institution": ("Pension Fund", "Endowment", "Retirement System", "Insurance", "Foundation", "Teachers' Pension Plan",
                    "University Endowment", "Mutual Assurance", "Superannuation", "Health Foundation"),
    "fund": ("Fund of Funds", "Capital Partners", "Private Equity Partners", "Secondaries", "Growth Partners", "Ventures",
             "Opportunities Fund", "Capital Fund II", "Capital Fund III", "Global Partners"),
    "corporate": ("Industries", "Logistics", "Group", "Energy", "Foods", "Materials", "Shipping", "Technologies", "Brands", "Systems"),
    "advisor": ("Advisory", "Wealth Management", "Advisers", "Consulting", "Private Wealth", "Investment Counsel", "Partners"),
}
_FORMS = {
    "US": ("", "", "", "LLC", "LP", "Inc."), "GB": ("", "", "Ltd", "LLP", "plc"), "DE": ("", "", "GmbH", "AG", "B.V."),
    "FR": ("", "", "S.A.", "SARL", "SAS"), "AU": ("", "", "Pty Ltd", "Pte. Ltd."),
}
_TITLES = {
    "individual": ("Private investor", "Founder", "Retired founder", "Angel investor", "Entrepreneur", "Former CFO", "Surgeon"),
    "family_office": ("Chief Investment Officer", "Managing Partner", "Principal", "Head of Private Markets", "Family Principal",
                      "Investment Director", "COO", "General Counsel", "Investment Associate"),
    "institution": ("Head of Alternatives", "Portfolio Manager", "Senior Investment Officer", "CIO", "Director, Private Equity",
                    "Investment Analyst", "Operational Due Diligence Lead", "Trustee", "Deputy CIO"),
    "fund": ("Partner", "Managing Director", "Principal", "Vice President", "Associate", "Head of Primaries", "Investor Relations"),
    "corporate": ("CFO", "Head of Corporate Development", "Treasurer", "Director of Strategy", "CEO", "Group Controller"),
    "advisor": ("Managing Director", "Senior Adviser", "Partner", "Wealth Adviser", "Research Lead", "Client Director"),
}
# fmt: on


_POOLS = tuple(
    (given.split(), [name.replace("_", " ") for name in family.split()]) for given, family in _CULTURES
)


def person(rng: random.Random) -> str:
    """A given and a family name, now and then with a middle initial or a double name."""
    given, family = rng.choices(_POOLS, _CULTURE_WEIGHTS)[0]
    first, last = rng.choice(given), rng.choice(family)
    luck = rng.random()
    if luck < 0.05:
        return f"{first} {rng.choice('ABCDEFGHJKLMNPRSTW')}. {last}"
    if luck < 0.09:
        other = rng.choice(rng.choices(_POOLS, _CULTURE_WEIGHTS)[0][1])
        return f"{first} {last}-{other}".replace("-de ", "-De")
    return f"{first} {last}"


def firm(rng: random.Random, kind: str, country: str) -> str:
    """A firm's name for one of the types; an individual's firm is the person."""
    form = rng.choice(_FORMS[country])
    name = f"{_root(rng, kind)} {rng.choice(_TAILS[kind])}"
    return f"{name} {form}".strip()


def _root(rng: random.Random, kind: str) -> str:
    luck = rng.random()
    if kind == "family_office" and luck < 0.55:
        family = _family(rng)
        return f"{family} & {_family(rng)}" if luck < 0.12 else family
    if luck < 0.15:
        return f"{_family(rng)} {rng.choice(('&', 'and'))} {_family(rng)}"
    if luck < 0.45:
        return f"{rng.choice(_FRONTS)} {rng.choice(_PAIRS)}"
    return rng.choice(_FRONTS) + rng.choice(_BACKS) + (f" {rng.choice(_PAIRS)}" if luck > 0.82 else "")


def _family(rng: random.Random) -> str:
    return rng.choice(rng.choices(_POOLS, _CULTURE_WEIGHTS)[0][1])


def title(rng: random.Random, kind: str) -> str:
    """What somebody at such an investor is."""
    return rng.choice(_TITLES[kind])


def domain(name: str, spare: int) -> str:
    """A domain under the reserved .example, with a number only where the plain one is taken."""
    words = naming.distinctive(naming.firm_key(name)).split()[:3]
    stem = "".join(words)[:40] or "firm"
    return f"{stem}{spare or ''}.example"


def address(rng: random.Random, person_name: str, host: str) -> str:
    """A working address in the firm's habit: first, initial.last or first.last."""
    words = naming.person_key(person_name).split()
    first, last = words[0], words[-1]
    local = rng.choice((f"{first}.{last}", f"{first[0]}.{last}", first, f"{first}{last[0]}"))
    return f"{local}@{host}"
