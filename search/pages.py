"""What the search page shows: records as lines with their passages, and what else could be tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from crm_site.accounts.models import Membership
from crm_site.investors.models import Investor
from search import freshness, palette, retrieve
from search.answers import Answer, Hit, Piece
from search.asking import Mode
from search.documents import Kind
from search.forms import PAGE, Asked
from search.palette import Entry

MOST_CHIPS, MOST_NEAR = 5, 5
MODES: dict[Mode, tuple[str, str]] = {
    "hybrid": ("Best", "By words and by meaning"),
    "sparse": ("Words", "The words as you type them, and their other forms"),
    "dense": ("Meaning", "What is meant, also in other words"),
}
KINDS: dict[Kind, tuple[str, str, str]] = {
    Kind.INVESTOR: ("Investor", "Investors", "building-office"),
    Kind.CONTACT: ("Contact", "Contacts", "user"),
    Kind.COMMUNICATION: ("Communication", "Communications", "chat-bubble-left-right"),
    Kind.FACT: ("Fact", "Facts", "light-bulb"),
    Kind.OPPORTUNITY: ("Opportunity", "Opportunities", "view-columns"),
    Kind.FUND: ("Fund", "Funds", "chart-bar"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a passage, of the words looked for or between them. Never safe: it is what somebody wrote."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A record that was found. investor: empty where the record is the investor."""

    title: str
    url: str
    kind: str
    icon: str
    investor: str
    investor_url: str
    on: date | None
    owner: str
    is_retired: bool
    passages: list[list[Part]]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. investors: (id, name) of whom the results speak, to narrow them down."""

    lines: list[Line]
    notes: list[str]
    mode: Mode
    has_more: bool
    investors: list[tuple[int, str]] = field(default_factory=list)
    near: list[Entry] = field(default_factory=list)


def found(asked: Asked, investor: Investor | None) -> Found:
    """The page asked for. investor: the one the filter names, None too when it is none of this organization's."""
    if asked.investor_id and investor is None:
        return Found([], ["The investor of this address is not here (any more)."], asked.mode, has_more=False)
    answer = retrieve.find(asked.text, mode=asked.mode, wanted=asked.wanted, limit=PAGE, offset=asked.offset)
    return Found(
        lines=[line(hit) for hit in answer.hits],
        notes=[*answer.notes, *_lag(answer)],
        mode=answer.mode,
        has_more=answer.has_more,
        investors=[] if asked.investor_id else _investors(answer.hits),
        near=[] if answer.hits else palette.named(asked.text)[:MOST_NEAR],
    )


def _lag(answer: Answer) -> Iterator[str]:
    if answer.source == "index":
        state = freshness.now()
        if state.is_behind:
            yield f"Search is {freshness.in_words(state.lag_s)} behind: the latest changes may be missing here."


def line(hit: Hit) -> Line:
    """A hit, ready for the template."""
    kind, _, icon = KINDS[hit.kind]
    has_investor = hit.investor_id is not None and hit.kind != Kind.INVESTOR
    return Line(
        title=hit.title,
        url=url_of(hit),
        kind=kind,
        icon=icon,
        investor=hit.investor if has_investor else "",
        investor_url=reverse("investors:detail", args=[hit.investor_id]) if has_investor else "",
        on=hit.on,
        owner=hit.owner,
        is_retired=hit.is_graveyard,
        passages=[list(parts(piece)) for piece in hit.passages],
    )


def url_of(hit: Hit) -> str:
    """Where the record is shown. Facts and opportunities have no page that everybody may open: they stand on their investor's."""
    if hit.kind == Kind.COMMUNICATION:
        return reverse("communications:detail", args=[hit.id])
    if hit.kind == Kind.CONTACT:
        return reverse("contacts:detail", args=[hit.id])
    if hit.kind == Kind.FUND:
        return reverse("investors:fund_detail", args=[hit.id])
    place = {Kind.FACT: "#facts-title", Kind.OPPORTUNITY: "#deals-title"}.get(hit.kind, "")
    return reverse("investors:detail", args=[hit.investor_id or hit.id]) + place


def parts(piece: Piece) -> Iterator[Part]:
    """The passage cut at its marks, nothing lost."""
    at = 0
    for start, end in piece.marks:
        if start > at:
            yield Part(piece.text[at:start], is_marked=False)
        yield Part(piece.text[start:end], is_marked=True)
        at = end
    if at < len(piece.text):
        yield Part(piece.text[at:], is_marked=False)


def team() -> list[tuple[int, str]]:
    """Who may own an investor: (id, name). One query."""
    return list(Membership.objects.people().values_list("user_id", "user__name"))


def _investors(hits: Sequence[Hit]) -> list[tuple[int, str]]:
    names = {hit.investor_id: hit.investor for hit in hits if hit.investor_id is not None and hit.investor}
    often = Counter(hit.investor_id for hit in hits if hit.investor_id is not None)
    chosen = [(pk, names[pk]) for pk, _ in often.most_common(MOST_CHIPS) if pk in names]
    return chosen if len(chosen) > 1 else []
