"""Going somewhere by name: what the palette offers for some typed letters.

Names come from the database's stored keys, so accents and case do not matter, and the middle of a word is found as well as
its start. One look over the keys of an organization is enough: no index knows the middles of words, and none is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.urls import reverse

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.contacts.models import Affiliation, Contact
from crm_site.core import naming, text
from crm_site.core.actor import Actor
from crm_site.investors.models import Fund, Investor, InvestorAlias

LONGEST, MOST_WORDS = 80, 6
#: So many are read of each noun, and so many shown: the last order is made by the names as they are written.
READ, SHOWN = 12, 6
MOST_PAGES = 4
EXACT, OPENS_NAME, OPENS_WORD, INSIDE, SPREAD = range(5)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette. kind: investor, contact, fund, page or act. note: what tells it from its namesakes."""

    kind: str
    label: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed: as it stands, folded, and each folded word with the piece of text it came from."""

    raw: str
    whole: str
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Page:
    label: str
    view: str
    icon: str
    also: str = ""
    verb: Verb = Verb.READ


#: also: other words by which somebody may look for the page.
PAGES = (
    _Page("Today", "home:today", "sun", "home dashboard"),
    _Page("Inbox", "intake:inbox", "inbox", "proposals messages"),
    _Page("Ask", "nlquery:ask", "question-mark-circle", "questions answers"),
    _Page("Search", "search:search", "magnifying-glass", "find"),
    _Page("Grid", "home:grid", "table-cells", "investors fundraising list"),
    _Page("Pipeline", "home:pipeline", "view-columns", "board stages opportunities"),
    _Page("Contacts", "contacts:list", "users", "people"),
    _Page("Timeline", "communications:list", "chat-bubble-left-right", "communications calls meetings mails notes"),
    _Page("Reminders", "communications:reminders", "bell", "follow ups tasks"),
    _Page("Funds", "investors:funds", "chart-bar", "raise progress"),
    _Page("Duplicates", "duplicates:list", "square-2-stack", "merge doubles", Verb.MERGE),
    _Page("Trash", "home:trash", "trash", "deleted restore"),
    _Page("System", "home:system", "server-stack", "health status index", Verb.READ_AUDIT),
    _Page("Settings", "accounts:settings", "cog-6-tooth", "profile members keys stages"),
    _Page("New investor", "investors:create", "plus", "add create", Verb.EDIT_INVESTOR),
    _Page("New contact", "contacts:create", "user-plus", "add create person", Verb.EDIT_CONTACT),
    _Page("New reminder", "communications:reminder_create", "bell", "add create follow up", Verb.EDIT_REMINDER),
)  # fmt: skip


def offered(actor: Actor, typed: str) -> list[Entry]:
    """The lines for what was typed, best first; without letters, the pages. Five queries at most."""
    said = _read(typed)
    if not said.raw:
        return [*_new_note(actor), *_pages(actor, said, len(PAGES))]
    return [*named(typed), *_pages(actor, said, MOST_PAGES), *_acts(actor, said.raw)]


def named(typed: str) -> list[Entry]:
    """Living investors, contacts and funds of the organization in scope that have the typed words in their names.

    A name that is, or begins with, what was typed comes first, then one with a word that does, then middles of words.
    Investors in the graveyard are in no live list, so not in this one. Five queries at most.
    """
    said = _read(typed)
    if not said.words:
        return []
    found = [*_best(_investors(said), said), *_best(_contacts(said), said), *_best(_funds(said), said)]
    return [entry for _, entry in sorted(found, key=lambda one: one[0])]


def _read(typed: str) -> _Typed:
    raw = text.one_line(typed[: 4 * LONGEST])[:LONGEST]
    whole = naming.fold(raw)
    words = [(word, piece) for piece in raw.split() for word in naming.fold(piece).split()]
    return _Typed(raw, whole, dict(words[:MOST_WORDS]))


def _best(rows: Iterable[tuple[str, Entry]], said: _Typed) -> list[tuple[int, Entry]]:
    """The best few with their ranks. rows: a name that was found, and the line for it."""
    best: dict[str, tuple[int, Entry]] = {}
    for name, entry in rows:
        rank = _rank(naming.fold(name), said.whole)
        if entry.url not in best or rank < best[entry.url][0]:
            best[entry.url] = (rank, entry)
    return sorted(best.values(), key=lambda one: one[0])[:SHOWN]


def _rank(name: str, whole: str) -> int:
    if name == whole:
        return EXACT
    if name.startswith(whole):
        return OPENS_NAME
    if f" {whole}" in name:
        return OPENS_WORD
    return INSIDE if whole in name else SPREAD


def _investors(said: _Typed) -> Iterator[tuple[str, Entry]]:
    latest = F("last_activity_on").desc(nulls_last=True)
    rows = _holding(Investor.objects.live(), said, of_firms=True).order_by("rank", latest, "name", "id")
    for row in rows.only("name", "type", "location")[:READ]:
        yield row.name, _investor(row)
    living = Q(investor__deleted_at__isnull=True, investor__graveyard_at__isnull=True)
    also = _holding(InvestorAlias.objects.filter(living), said, of_firms=True)
    for alias in also.select_related("investor").order_by("rank", "name", "id")[:READ]:
        yield alias.name, _investor(alias.investor, f"also {alias.name}")


def _investor(row: Investor, also: str = "") -> Entry:
    note = " · ".join(part for part in (also, row.get_type_display(), row.location) if part)
    return Entry("investor", row.name, reverse("investors:detail", args=[row.pk]), "building-office", note)


def _contacts(said: _Typed) -> Iterator[tuple[str, Entry]]:
    rows = _holding(Contact.objects.all(), said).order_by("rank", "name", "id")
    people = dict(rows.values_list("pk", "name")[:READ])
    if not people:
        return
    there = Affiliation.objects.of_living().current().filter(contact_id__in=people).main_first()
    places: dict[int, str] = {}
    for pk, title, firm in there.values_list("contact_id", "title", "investor__name"):
        places.setdefault(pk, " · ".join(part for part in (title, firm) if part))
    for pk, name in people.items():
        yield (
            name,
            Entry("contact", name, reverse("contacts:detail", args=[pk]), "user", places.get(pk, "Contact")),
        )


def _funds(said: _Typed) -> Iterator[tuple[str, Entry]]:
    rows = _holding(Fund.objects.all(), said, of_firms=True).order_by("rank", "name", "id")
    for pk, name in rows.values_list("pk", "name")[:READ]:
        yield name, Entry("fund", name, reverse("investors:fund_detail", args=[pk]), "chart-bar", "Fund")


def _holding(rows: Any, said: _Typed, *, of_firms: bool = False) -> Any:
    """Those whose name has every word, with their rank by the stored key."""
    same, opens = Q(name_key=said.whole), Q(name_key__startswith=said.whole)
    if of_firms:
        same |= Q(name_key=naming.firm_key(said.raw))
        opens |= Q(name__istartswith=said.raw)
    whens = [
        When(same, then=EXACT),
        When(opens, then=OPENS_NAME),
        When(name_key__contains=f" {said.whole}", then=OPENS_WORD),
        When(name_key__contains=said.whole, then=INSIDE),
    ]
    rank = Case(*whens, default=Value(SPREAD), output_field=IntegerField())
    return rows.filter(*(_has(word, piece, of_firms) for word, piece in said.words.items())).annotate(
        rank=rank
    )


def _has(word: str, piece: str, of_firms: bool) -> Q:
    if len(word) == 1:
        # The middle of a word says nothing when it is one letter.
        found = Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")
    else:
        found = Q(name_key__contains=word)
    if of_firms and naming.may_be_lost(word):
        # Keys of firms leave legal forms out and write abbreviations in full; the name has them as somebody wrote them.
        blank = " " if len(word) == 1 else ""
        found |= Q(name__icontains=f"{blank}{word}")
        if piece != word:
            found |= Q(name__icontains=f"{blank}{piece}")
    return found


def _pages(actor: Actor, said: _Typed, most: int) -> list[Entry]:
    """Pages the actor may see."""
    found = []
    for page in PAGES:
        words = f"{naming.fold(page.label)} {page.also}".split()
        fits = all(any(word.startswith(piece) for word in words) for piece in said.words)
        if fits and (said.words or not said.raw) and permissions.may(actor, page.verb):
            found.append(Entry("page", page.label, reverse(page.view), page.icon, "Page"))
    return found[:most]


def _new_note(actor: Actor) -> list[Entry]:
    if not permissions.may(actor, Verb.RECEIVE):
        return []
    return [Entry("act", "New note", f"{reverse('intake:inbox')}#compose", "pencil-square")]


def _acts(actor: Actor, raw: str) -> list[Entry]:
    query = urlencode({"q": raw})
    found = [Entry("act", f"Search for “{raw}”", f"{reverse('search:search')}?{query}", "magnifying-glass")]
    if permissions.may(actor, Verb.ASK):
        found.append(
            Entry("act", f"Ask “{raw}”", f"{reverse('nlquery:ask')}?{query}", "question-mark-circle")
        )
    return [*found, *_new_note(actor)]
