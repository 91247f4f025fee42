"""An investor as text: for the resource and the prompt. Markdown, in which what people wrote cannot pass for our headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_site.core import text
from crm_site.investors.models import Investor
from crm_site.mcp.tools.knowing import Deal, InvestorOverview, TimelineEntry, overview, told_entry
from crm_site.relations.overview import events, reading

MOST_SAID = 600


def page(row: Investor) -> str:
    """Everything about one investor, with the latest page of its timeline. row: read by `naming`."""
    shown = overview(row, reading.sides(row))
    entries = [told_entry(one) for one in events.page(row).events]
    return "\n".join([*_head(shown), *_lists(shown), *_timeline(entries)])


def _head(shown: InvestorOverview) -> Iterator[str]:
    yield f"# {_line(shown.name)}"
    yield ""
    for label, value in (
        ("Key", shown.key),
        ("Page", shown.url),
        ("Type", shown.type),
        ("Stage", shown.stage),
        ("Owner", shown.owner),
        ("Location", shown.location),
        ("Tags", ", ".join(shown.tags)),
        ("Committed", ", ".join(f"{one.amount} {one.currency}" for one in shown.committed)),
        ("Expected", ", ".join(f"{one.amount} {one.currency}" for one in shown.expected)),
        ("Last activity", shown.last_activity_on or "never"),
        ("Next step", shown.next_step_on or "none"),
        ("In the graveyard", shown.graveyard_reason or "yes" if shown.in_graveyard else ""),
    ):
        if value:
            yield f"- {label}: {_line(value)}"
    if shown.notes:
        yield from ("", *_quoted(shown.notes))


def _lists(shown: InvestorOverview) -> Iterator[str]:
    yield from _list("Opportunities", map(_deal, shown.opportunities))
    yield from _list(
        "People",
        (
            ", ".join(filter(None, (one.name, one.title, one.email, one.phone, "has left" * one.has_left)))
            for one in shown.people
        ),
    )
    yield from _list(
        "Open reminders",
        (
            f"{one.due_on}{' (overdue)' if one.overdue else ''}: {one.text} – {one.assigned_to}"
            for one in shown.reminders
        ),
    )
    yield from _list(
        "Remembered facts",
        (f"{one.text} ({one.topic or 'no topic'}, sure to {one.confidence:.0%})" for one in shown.facts),
    )


def _timeline(entries: list[TimelineEntry]) -> Iterator[str]:
    yield from ("", "## Timeline, newest first")
    for one in entries:
        about = ", ".join(filter(None, (one.subject, _moved(one))))
        who = f" – {', '.join(filter(None, (one.by, *one.people)))}" if one.by or one.people else ""
        planned = " (planned)" if one.state == "planned" else ""
        yield ""
        yield f"- {one.on} {one.kind}{planned}{f': {_line(about)}' if about else ''}{_line(who, before=' ')}"
        if one.text:
            yield from (f"  {line}" for line in _quoted(text.shorten(one.text, MOST_SAID)))
    if not entries:
        yield "- nothing yet"


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [f"- {_line(line)}" for line in lines]
    if found:
        yield from ("", f"## {title}", *found)


def _deal(one: Deal) -> str:
    sums = [f"{label} {amount} {one.currency}" for label, amount in _amounts(one) if amount]
    return ", ".join(
        [f"{one.fund}: {one.stage}", *sums, *([f"closes {one.close_on}"] if one.close_on else [])]
    )


def _amounts(one: Deal) -> tuple[tuple[str, str | None], ...]:
    return ("committed", one.committed), ("expected", one.expected)


def _moved(one: TimelineEntry) -> str:
    return f"{one.moved_from or 'new'} → {one.moved_to}" if one.moved_to else ""


def _line(value: str, *, before: str = "") -> str:
    """On one line, so that no value can begin a line of its own."""
    said = text.one_line(value)
    return f"{before}{said}" if said else ""


def _quoted(value: str) -> list[str]:
    return [f"> {line}" for line in text.clean(value).split("\n")]
