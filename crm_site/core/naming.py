"""Names as keys: what stays of a name when accents, case, punctuation and legal forms are folded away.

Stored keys are made here, so a change of these rules needs a migration that recomputes them (`KEY_VERSION`).
Legal forms: facts from company law of the countries named beside them.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

KEY_VERSION = 1
MAX_KEY = 200

# fmt: off
LEGAL_FORMS: frozenset[str] = frozenset({
    "llc", "lp", "llp", "lllp", "pllc", "inc", "incorporated", "corp", "corporation", "co", "company", "pc", "na",  # US
    "ltd", "limited", "plc", "cic",                                                             # United Kingdom, Ireland
    "gmbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "ev", "mbh", "gmbhcokg", "se",              # Germany, Austria, EU
    "sa", "sas", "sarl", "sasu", "snc", "sca", "scs", "scsp", "sicav", "sicar", "raif", "eurl",  # France, Luxembourg
    "spa", "srl", "sapa", "sl", "slu", "sau", "sgr",                                            # Italy, Spain
    "bv", "nv", "cv", "vof", "bvba", "sprl", "cvba",                                            # Netherlands, Belgium
    "ab", "as", "asa", "aps", "oy", "oyj", "kb", "hf", "ehf",                                   # Nordic countries
    "spzoo", "sro", "kft", "zrt", "doo", "dd", "ood", "eood", "oao", "ooo", "zao",              # Central, eastern Europe
    "lda", "ltda", "sgps", "eireli",                                                            # Portugal, Brazil
    "pty", "pte", "sdn", "bhd", "pvt", "kk", "gk", "dmcc", "fzco", "fze", "wll", "pjsc",        # Asia, Pacific, Gulf
})
# Words that stand in many firms' names and so tell little about which firm is meant.
COMMON_WORDS: frozenset[str] = frozenset({
    "capital", "partners", "partner", "ventures", "venture", "fund", "funds", "group", "holdings", "holding", "trust",
    "family", "office", "offices", "investments", "investment", "invest", "management", "advisors", "advisers",
    "advisory", "asset", "assets", "wealth", "equity", "private", "global", "international", "associates", "foundation",
    "endowment", "pension", "financial", "finance", "bank", "securities", "properties", "realty", "real", "estate",
})
# fmt: on
ABBREVIATIONS = {
    "mgmt": "management",
    "mgt": "management",
    "intl": "international",
    "ptnrs": "partners",
    "ptrs": "partners",
    "invs": "investments",
    "inv": "investments",
    "cap": "capital",
    "grp": "group",
    "fdn": "foundation",
    "hldgs": "holdings",
    "assoc": "associates",
    "univ": "university",
    "natl": "national",
}  # fmt: skip
SMALL_WORDS = frozenset({"the", "and", "of"})
_DOTTED = re.compile(r"\b(?:\w\.){2,}\w?|\b\w/\w\b")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SPLIT_FORMS = re.compile(r"\bsp z o ?o\b")
_APOSTROPHE = re.compile(r"['’`´]")


def fold(name: str) -> str:
    """Lower-case ASCII words of a name, one blank between: “Société Générale S.A.” → “societe generale sa”."""
    text = unicodedata.normalize("NFKC", name).replace("&", " and ").replace("+", " and ")
    text = anyascii(text).lower()
    text = _DOTTED.sub(lambda found: re.sub(r"[./]", "", found.group()), text)
    return _SPLIT_FORMS.sub("spzoo", _NOT_WORD.sub(" ", _APOSTROPHE.sub("", text)).strip())


def firm_key(name: str) -> str:
    """What two spellings of one firm share. Legal forms go only while something is left of the name."""
    words = [ABBREVIATIONS.get(word, word) for word in fold(name).split()]
    core = [word for word in words if word not in SMALL_WORDS] or words
    while len(core) > 1 and core[-1] in LEGAL_FORMS:
        core.pop()
    return " ".join(core)[:MAX_KEY]


def person_key(name: str) -> str:
    """What two spellings of one person share. “Nair, Priya” and “Priya Nair” give the same key."""
    if name.count(",") == 1:
        family, given = name.split(",")
        name = f"{given} {family}"
    return fold(name)[:MAX_KEY]


def series(name: str) -> str:
    """The number that sets apart funds of one family: “Asian Fund III” → “3”, “Growth 2021” → “2021”. Else empty."""
    found = [ROMAN.get(word, word) for word in fold(name).split() if word in ROMAN or word.isdecimal()]
    return " ".join(found)


ROMAN = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}


def may_be_lost(piece: str) -> bool:
    """Tell whether this piece of a word can stand in a firm's name and not in its `firm_key`: “ll” of “LLC”, “mgm” of “Mgmt”."""
    return any(piece in word for word in _LOST)


_LOST = LEGAL_FORMS | SMALL_WORDS | ABBREVIATIONS.keys()


def distinctive(key: str) -> str:
    """The words of a key that tell firms apart; all of them when nothing else is left."""
    words = key.split()
    return " ".join(word for word in words if word not in COMMON_WORDS) or key


def trigrams(key: str) -> frozenset[str]:
    """Three-letter pieces of each distinctive word, its start marked by a blank: the block for fuzzy look-ups."""
    grams: set[str] = set()
    for word in distinctive(key).split():
        padded = f" {word} "
        grams.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return frozenset(grams)


# Mail hosts that anybody may use: the domain says nothing about the firm.
FREE_MAIL: frozenset[str] = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.co.uk",
        "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "gmx.com",
        "web.de", "t-online.de", "mail.com", "fastmail.com", "zoho.com", "yandex.ru", "qq.com", "163.com", "orange.fr",
    }
)  # fmt: skip


def email_key(address: str) -> str:
    """An address as a key: trimmed, lower-case."""
    return address.strip().lower()


def email_domain(address: str) -> str:
    """The firm's domain in an address; empty for hosts that anybody may use."""
    domain = email_key(address).rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def web_domain(url: str) -> str:
    """The host of a web address, without scheme, `www.` and path: “https://www.blueheron.com/team” → “blueheron.com”."""
    host = re.sub(r"^[a-z]+://", "", url.strip().lower()).split("/")[0].split("?")[0].split(":")[0]
    return host.removeprefix("www.")
