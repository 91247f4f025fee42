"""The timeline of an investor: what was said, which stages were moved, which reminders were done. One query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject, Left, Length, TruncDate

from crm_site.communications.choices import Kind, ReminderState, State
from crm_site.communications.models import Attachment, Communication, CommunicationContact, Reminder
from crm_site.core import joined, scope
from crm_site.investors.models import Investor, StageChange
from crm_site.relations.overview import prepared

PAGE = 15
#: A long mail is shown up to here; its own page has the rest.
MOST_TEXT = 1200
STAGE, DONE = "stage", "done"
CHIPS = [("", "All"), *((kind.value, f"{kind.label}s") for kind in Kind), (STAGE, "Stages"), (DONE, "Done")]


@dataclass(frozen=True)
class Mark:
    """Where a page of the timeline ended."""

    on: date
    at: datetime
    part: str
    pk: int

    def __str__(self) -> str:
        return f"{self.on.isoformat()}~{self.at.isoformat()}~{self.part}~{self.pk}"

    @classmethod
    def read(cls, word: str) -> Mark | None:
        """The mark in an address; None for anything that is none."""
        try:
            on, at, part, pk = word.split("~")
            mark = cls(date.fromisoformat(on), datetime.fromisoformat(at), part, int(pk))
        except ValueError:
            return None
        return mark if mark.at.tzinfo and mark.pk < 2**63 else None


@dataclass(frozen=True)
class Event:
    """One entry. data: what its kind needs. files: {"pk", "name"} of what was attached."""

    part: str
    pk: int
    on: date
    at: datetime
    data: dict[str, Any]
    people: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.data.get("kind", self.part))

    @property
    def verb(self) -> str:
        return _VERBS.get((self.kind, self.data.get("state") == State.PLANNED), "")

    @property
    def is_cut(self) -> bool:
        return int(self.data.get("length") or 0) > MOST_TEXT


@dataclass(frozen=True)
class Page:
    """Some of the timeline. older: the mark to go on from."""

    events: list[Event]
    kind: str
    is_first: bool
    older: str


_VERBS = {
    (Kind.NOTE, False): "noted", (Kind.NOTE, True): "plans", (Kind.EMAIL, False): "e-mail",
    (Kind.EMAIL, True): "plans an e-mail", (Kind.CALL, False): "called", (Kind.CALL, True): "plans a call",
    (Kind.MEETING, False): "met", (Kind.MEETING, True): "plans a meeting", (Kind.MESSAGE, False): "message",
    (Kind.MESSAGE, True): "plans a message", (STAGE, False): "moved", (DONE, False): "did",
}  # fmt: skip


def page(investor: Investor, *, kind: str = "", after: str = "") -> Page:
    """The latest entries, or those older than a mark. kind: one of CHIPS; anything else shows all."""
    chosen = kind if kind in dict(CHIPS) else ""
    mark = Mark.read(after) if after else None
    rows = prepared.rows(_latest, investor) if not (chosen or mark) else _chosen(investor, chosen, mark)
    found = [_event(*row) for row in rows]
    shown = found[:PAGE]
    older = ""
    if len(found) > PAGE:
        last = shown[-1]
        older = str(Mark(last.on, last.at, last.part, last.pk))
    return Page(shown, chosen, mark is None, older)


def _latest(investor: Investor) -> QuerySet[Any]:
    """The page everybody opens."""
    return _chosen(investor, "", None)


def _chosen(investor: Investor, kind: str, mark: Mark | None) -> QuerySet[Any]:
    parts = [_older(part, make(investor, kind), mark) for part, make in _parts(kind)]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return rows.order_by("-on", "-at", "part", "-pk")[: PAGE + 1]


def _parts(kind: str) -> list[tuple[str, Callable[[Investor, str], QuerySet[Any]]]]:
    if kind == STAGE:
        return [(STAGE, _moves)]
    if kind == DONE:
        return [(DONE, _done)]
    spoken: tuple[str, Callable[[Investor, str], QuerySet[Any]]] = ("spoken", _spoken)
    return [spoken] if kind else [spoken, (STAGE, _moves), (DONE, _done)]


def _older(part: str, rows: QuerySet[Any], mark: Mark | None) -> QuerySet[Any]:
    named = rows.annotate(part=Value(part, output_field=CharField()))
    if mark is not None:
        same = Q(on=mark.on, at=mark.at) & (Q(pk__lt=mark.pk) if part == mark.part else Q())
        rest = same if part >= mark.part else Q(pk__in=[])
        named = named.filter(Q(on__lt=mark.on) | Q(on=mark.on, at__lt=mark.at) | rest)
    listed: QuerySet[Any] = named.order_by().values_list("part", "pk", "on", "at", "data")
    return listed


def _spoken(investor: Investor, kind: str) -> QuerySet[Any]:
    mine = Communication.objects.filter(investor=investor)
    if kind:
        mine = mine.filter(kind=kind)
    people = CommunicationContact.objects.filter(contact__deleted_at__isnull=True)
    return mine.annotate(
        on=F("occurred_on"),
        at=Coalesce("occurred_at", "created_at"),
        data=JSONObject(
            kind="kind", state="state", direction="direction", subject="subject", who="created_by__name",
            via="captured_via", text=Left("body", MOST_TEXT), length=Length("body"),
            people=joined.names(people, "communication", "contact__name"),
            files=joined.names(Attachment.objects.all(), "communication", JSONObject(pk="pk", name="name")),
        ),
    )  # fmt: skip


def _moves(investor: Investor, _: str) -> QuerySet[Any]:
    mine = StageChange.objects.filter(opportunity__investor=investor, opportunity__deleted_at__isnull=True)
    return mine.annotate(
        on=TruncDate("changed_at", tzinfo=scope.zone()),
        at=F("changed_at"),
        data=JSONObject(
            who="changed_by__name", old="from_stage__label", new="to_stage__label", text="note",
            subject="opportunity__fund__name",
        ),
    )  # fmt: skip


def _done(investor: Investor, _: str) -> QuerySet[Any]:
    mine = Reminder.objects.filter(investor=investor, state=ReminderState.DONE, closed_at__isnull=False)
    return mine.annotate(
        on=TruncDate("closed_at", tzinfo=scope.zone()),
        at=F("closed_at"),
        data=JSONObject(who="closed_by__name", subject="text"),
    )


def _event(part: str, pk: int, on: date, at: datetime, data: dict[str, Any]) -> Event:
    people, files = joined.listed(data.pop("people", None)), joined.opened(data.pop("files", None))
    return Event(part, pk, on, at, data, people, sorted(files, key=lambda file: file["pk"]))
