"""Whom a name, an address or a number means: the CRM's own matcher.

It answers from stored keys by index and compares letters only within a small block of names that share rare three-letter
pieces, so its cost does not grow with the number of investors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Count
from rapidfuzz import fuzz, process

from crm_site.contacts import reaching
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.core import naming, text
from crm_site.investors.models import Investor, InvestorAlias, InvestorGram

MAX_CANDIDATES = 5
MAX_NAME = 300
#: At most this many index entries are gathered for one fuzzy look-up; the rarest pieces go first.
GRAM_BUDGET = 4000
BLOCK = 60
#: Below this, two names are no more alike than strangers' are.
LEAST = 0.70
#: A best hit this sure, and this far ahead of the next, needs no person to choose.
CERTAIN, AHEAD = 0.90, 0.04
#: A best hit this likely is proposed to a person, who approves or picks another.
LIKELY = 0.80


class How(StrEnum):
    """What led to a hit."""

    EXACT = "exact"
    NORMALISED = "normalised"
    ALIAS = "alias"
    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    CONTACT = "contact"
    FUZZY = "fuzzy"


_SCORES = {
    How.EXACT: 1.0, How.NORMALISED: 0.97, How.ALIAS: 0.96, How.EMAIL: 0.95, How.PHONE: 0.92, How.DOMAIN: 0.86,
    How.CONTACT: 0.82,
}  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """An investor that may be meant. score: 0..1."""

    investor: Investor
    score: float
    how: How


@dataclass(frozen=True)
class Match:
    """The best hit and up to five candidates (the best among them), best first.

    certain: the best is beyond doubt. likely: good enough to propose to a person.
    """

    candidates: list[Candidate] = field(default_factory=list)

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def lead(self) -> float:
        """How far the best is ahead of the next."""
        scores = [candidate.score for candidate in self.candidates[:2]]
        return scores[0] - scores[1] if len(scores) == 2 else (scores[0] if scores else 0.0)

    @property
    def certain(self) -> bool:
        return self.best is not None and self.best.score >= CERTAIN and self.lead >= AHEAD

    @property
    def likely(self) -> bool:
        return self.best is not None and self.best.score >= LIKELY and self.lead >= AHEAD


def match(*, investor: str = "", contact: str = "", email: str = "", phone: str = "") -> Match:
    """Find the investor meant, in the organization in scope. Investors in the graveyard are found too, deleted ones not.

    investor: a firm's or person's name. contact, email, phone: of somebody there. Two firms whose names are close come
    back as candidates without a certain one.
    """
    found: dict[int, Candidate] = {}
    name = text.one_line(investor)[:MAX_NAME]
    if name:
        _gather(found, _by_key(name))
    if email.strip():
        _gather(found, _by_email(naming.email_key(email)[:254], with_domain=not name or not found))
    if phone.strip():
        _gather(found, _by_phone(phone[:40]))
    if name and not any(candidate.score >= CERTAIN for candidate in found.values()):
        _gather(found, _fuzzy(name))
    if contact.strip() and not found:
        _gather(found, _by_contact(text.one_line(contact)[:MAX_NAME]))
    return Match(_ranked(found.values())[:MAX_CANDIDATES])


def _gather(found: dict[int, Candidate], more: Iterable[Candidate]) -> None:
    for candidate in more:
        known = found.get(candidate.investor.pk)
        if known is None or known.score < candidate.score:
            found[candidate.investor.pk] = candidate


def _hit(investor: Investor, how: How) -> Candidate:
    return Candidate(investor, _SCORES[how], how)


def by_name(name: str) -> list[Candidate]:
    """Those whose name or other name is this one, whatever its spelling; best first. One query."""
    return _ranked(_by_key(text.one_line(name)[:MAX_NAME]))


def alike(name: str) -> list[Candidate]:
    """Those whose name is like this one but not the same, best first, at most five."""
    return _ranked(_fuzzy(text.one_line(name)[:MAX_NAME]))[:MAX_CANDIDATES]


def by_contact(name: str) -> list[Candidate]:
    """Where a person of this name works."""
    return _ranked(_by_contact(text.one_line(name)[:MAX_NAME]))


def _ranked(found: Iterable[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (-one.score, one.investor.graveyard_at is not None, one.investor.pk))


def _by_key(name: str) -> list[Candidate]:
    key = naming.firm_key(name)
    # A union, not an OR: each half is an index of its own.
    own = Investor.objects.filter(name_key=key).order_by().values("id")
    other = InvestorAlias.objects.filter(name_key=key).order_by().values("investor_id")
    keyed = own.union(other, all=True)
    found = Investor.objects.filter(pk__in=keyed).order_by("id")[: MAX_CANDIDATES * 3]
    return [_hit(investor, _how_named(investor, name.casefold(), key)) for investor in found]


def _how_named(investor: Investor, folded: str, key: str) -> How:
    if investor.name.casefold() == folded:
        return How.EXACT
    return How.NORMALISED if investor.name_key == key else How.ALIAS


def _by_email(address: str, *, with_domain: bool) -> list[Candidate]:
    people = ContactEmail.objects.filter(email=address, contact__deleted_at__isnull=True)
    hits = [_hit(row.investor, How.EMAIL) for row in _places(people.values("contact_id"))]
    domain = naming.email_domain(address)
    if hits or not domain or not with_domain:
        return hits
    own = Investor.objects.filter(domain=domain).order_by("id")[:MAX_CANDIDATES]
    colleagues = ContactEmail.objects.filter(domain=domain, contact__deleted_at__isnull=True).order_by("id")[
        :50
    ]
    known = [_hit(row.investor, How.DOMAIN) for row in _places([row.contact_id for row in colleagues])]
    return [_hit(investor, How.DOMAIN) for investor in own] + known


def _by_phone(written: str) -> list[Candidate]:
    people = ContactPhone.objects.filter(number=reaching.phone_key(written), contact__deleted_at__isnull=True)
    return [_hit(row.investor, How.PHONE) for row in _places(people.values("contact_id"))]


def _by_contact(name: str) -> list[Candidate]:
    people = Contact.objects.filter(name_key=naming.person_key(name))
    return [_hit(row.investor, How.CONTACT) for row in _places(people.values("id"))]


def _places(contact_ids: Any) -> list[Affiliation]:
    rows = (
        Affiliation.objects.of_living()
        .current()
        .filter(contact_id__in=contact_ids)
        .select_related("investor")
    )
    return list(rows.main_first()[: MAX_CANDIDATES * 2])


def _fuzzy(name: str) -> list[Candidate]:
    key = naming.firm_key(name)
    near = block(InvestorGram, "investor_id", naming.trigrams(key))
    if not near:
        return []
    aliases: dict[int, list[str]] = {}
    for alias in InvestorAlias.objects.filter(investor_id__in=near).order_by("id"):
        aliases.setdefault(alias.investor_id, []).append(alias.name_key)
    hits = []
    for investor in Investor.objects.filter(pk__in=near).order_by("id"):
        keys = [investor.name_key, *aliases.get(investor.pk, [])]
        score = max(likeness(key, other) for other in keys)
        if score >= LEAST:
            hits.append(Candidate(investor, round(score, 3), How.FUZZY))
    return hits


def block(table: type[InvestorGram | ContactGram], of: str, grams: frozenset[str]) -> list[int]:
    """Rows that share most of the rarest pieces: a bounded number of index entries, whatever the table's size.

    of: the column of the table that names the row.
    """
    if not grams:
        return []
    sizes = table.objects.filter(gram__in=grams).values("gram").annotate(size=Count("id")).order_by("size")
    chosen: list[str] = []
    budget = GRAM_BUDGET
    for row in sizes:
        if chosen and row["size"] > budget:
            break
        chosen.append(row["gram"])
        budget -= row["size"]
    shared = table.objects.filter(gram__in=chosen).values(of).annotate(shared=Count("id"))
    return [row[of] for row in shared.order_by("-shared", of)[:BLOCK]]


def likeness(one: str, other: str) -> float:
    """How alike two keys are, 0..0.89: a fuzzy hit alone is never certain.

    Letters of the distinctive words count most; a different series number (Fund II, Fund III) caps it below LEAST.
    """
    if naming.series(one) != naming.series(other):
        return 0.65
    core, other_core = _core(one), _core(other)
    if core == other_core:
        # Same distinctive words, other common ones: “Cedar Row” for “Cedar Row Partners”.
        return 0.80 + 0.09 * fuzz.ratio(one, other) / 100
    by_letters = fuzz.ratio(core, other_core) / 100
    by_words = fuzz.token_sort_ratio(core, other_core) / 100
    inside = _words_inside(core.split(), other_core.split())
    return min(0.89, max(0.95 * by_letters, 0.93 * by_words, inside))


def _core(key: str) -> str:
    """The distinctive words, less a misspelt common one at the end: “Cedar Row Partnrs” → “cedar row”."""
    words = naming.distinctive(key).split()
    while len(words) > 1 and process.extractOne(
        words[-1], naming.COMMON_WORDS, scorer=fuzz.ratio, score_cutoff=88
    ):
        words.pop()
    return " ".join(words)


def _words_inside(few: list[str], many: list[str]) -> float:
    """Whole words of the shorter name that open the longer one: “Harbor” for “Harbor Point”."""
    short, long = sorted((few, many), key=len)
    if len(short) == len(long) or long[: len(short)] != short:
        return 0.0
    return 0.72 + 0.10 * len(short) / len(long)


def match_contact(
    *, investor: Investor | None, name: str = "", email: str = "", phone: str = ""
) -> Contact | None:
    """The person meant, or None: by address, by number, else by name among the people of `investor`.

    A given name alone is enough when just one person there has it. Nobody is found by name alone elsewhere: two firms
    may well employ a John Smith each.
    """
    if email.strip():
        found = Contact.objects.filter(
            emails__email=naming.email_key(email)[:254], emails__deleted_at__isnull=True
        ).order_by("id")
        hits = list(found[:5])
        if hits:
            return _nearest(hits, name)
    if phone.strip():
        number = reaching.phone_key(phone[:40])
        numbered = Contact.objects.filter(phones__number=number, phones__deleted_at__isnull=True).order_by(
            "id"
        )
        hits = [
            one for one in numbered[:5] if not name or _same_person(naming.person_key(name), one.name_key)
        ]
        if hits:
            return hits[0]
    if investor is None or not name.strip():
        return None
    key = naming.person_key(name[:MAX_NAME])
    there = list(Contact.objects.at(investor.pk)[:500])
    exact = [one for one in there if one.name_key == key]
    alike = exact or [one for one in there if _same_person(key, one.name_key)]
    return alike[0] if len(alike) == 1 or exact else None


def _nearest(hits: list[Contact], name: str) -> Contact:
    key = naming.person_key(name)
    return max(hits, key=lambda one: (fuzz.ratio(key, one.name_key), -one.pk))


def _same_person(key: str, other: str) -> bool:
    """A given name alone, an initial, or a slip of the pen; never just two alike family names."""
    words, others = key.split(), other.split()
    if not words or not others:
        return False
    if len(words) == 1:
        return words[0] == others[0] and len(words[0]) > 1
    if words[-1] == others[-1] and len(words[0]) == 1:
        return others[0].startswith(words[0])
    return fuzz.ratio(key, other) >= 90
