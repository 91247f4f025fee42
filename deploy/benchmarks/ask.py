"""Measures asking: each intent through `runner.run_query`, the grammar's translation, a chart; one JSON list on the last line.

`./deploy/bench ask` starts it on a database of its own. Slots change from call to call, so that no two ask for the same rows.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from crm_site.contacts.models import Affiliation
from crm_site.investors.models import Fund
from deploy.benchmarks import cases, measure
from nlquery import registry, runner
from nlquery.answers import Answer, Column, Type
from nlquery.charts import drawing, planning
from nlquery.translate import grammar

RUNS = 40
SENTENCES = 200
#: What each intent is asked with: {investor}, {contact} and {fund} change from call to call. Some are asked in two ways.
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("investor_profile", {"investor": "{investor}"}),
    ("investor_list", {"type": "family_office", "order": "amount"}),
    (
        "investor_list",
        {"location": "London", "fund": "{fund}", "stage": "meeting", "owner": "me", "limit": 500},
    ),
    ("investor_stale", {"days": 60}),
    ("investor_top", {"by": "committed"}),
    ("investor_top", {"by": "communications"}),
    ("investor_top", {"by": "engagement", "fund": "{fund}"}),
    ("investor_new", {"window": "last_90_days", "limit": 500}),
    ("investor_graveyard", {}),
    ("investor_breakdown", {"by": "location"}),
    ("investor_breakdown", {"by": "stage", "fund": "{fund}"}),
    ("investor_contacts", {"investor": "{investor}"}),
    ("investor_missing", {"field": "email"}),
    ("investor_missing", {"field": "amount"}),
    ("contact_lookup", {"contact": "{contact}"}),
    ("contact_lookup", {"contact": "{given}"}),
    ("who_knows", {"investor": "{investor}"}),
    ("activity_recent", {"window": "this_month"}),
    ("activity_recent", {"window": "last_year", "kind": "call", "owner": "me", "limit": 500}),
    ("activity_last", {"investor": "{investor}", "kind": "call"}),
    ("activity_count", {"window": "last_365_days", "by": "week"}),
    ("activity_count", {"window": "last_365_days", "by": "owner"}),
    ("activity_count", {"window": "last_365_days", "by": "investor", "kind": "meeting"}),
    ("activity_search", {"text": "model and deck"}),
    ("email_activity", {"window": "last_month"}),
    ("meeting_list", {"window": "this_month"}),
    ("reminder_due", {}),
    ("reminder_overdue", {}),
    ("pipeline_summary", {}),
    ("opportunity_list", {"fund": "{fund}"}),
    ("opportunity_moves", {"window": "last_90_days"}),
    ("fund_progress", {}),
    ("commitment_total", {"window": "this_year"}),
    ("fact_lookup", {"investor": "{investor}"}),
    ("data_health", {}),
)
QUESTIONS = (
    "Who haven't we talked to in 60 days?", "When did we last speak to {investor}?", "Family offices in London",
    "Top 5 investors by committed capital", "Who moved to diligence last month?", "How many calls per week this quarter?",
    "Show the pipeline for {fund}", "Send {investor} the deck", "what's {contact}'s number", "whats due this wek",
)  # fmt: skip


class Failed(RuntimeError):
    """A question of the benchmark was not answered: its time would say nothing."""


def filler(here: cases.World) -> Callable[[str, int], str]:
    """Puts names of the demo into a text."""
    there = Affiliation.objects.of_living().current().filter(investor_id__in=here.investor_ids)
    people = list(there.order_by("id").values_list("contact__name", flat=True)[:2000:17])
    funds = list(Fund.objects.order_by("id").values_list("name", flat=True))

    def fill(text: str, number: int) -> str:
        person = people[number % len(people)]
        return text.format(
            investor=here.investor_name(number),
            fund=funds[number % len(funds)],
            contact=person,
            given=person.split(" ")[0],
        )

    return fill


def intents(here: cases.World) -> Iterator[dict[str, Any]]:
    """Figures of each intent; one that fails says so, and the others are measured all the same."""
    fill = filler(here)
    for key, slots in ASKED:
        # A name that two demo investors share is no question of speed: such calls ask by id.
        def once(number: int, key: str = key, slots: dict[str, Any] = slots) -> None:
            filled = {
                name: fill(value, number) if isinstance(value, str) else value
                for name, value in slots.items()
            }
            if "investor" in filled and number % 2:
                filled["investor"] = f"investor:{here.investor_id(number)}"
            answer = runner.run_query(actor=here.actor, intent=key, slots=filled)
            if answer.status not in {"ok", "ambiguous"}:
                raise Failed(f"{key}: {answer.status}, {answer.summary}")

        chosen = next(
            (str(slots[name]) for name in ("by", "field", "contact", "kind", "order") if name in slots), ""
        )
        name = f"{key} {chosen}".strip()
        try:
            yield dataclasses.asdict(measure.measure(name, once, RUNS))
        except Failed as failed:
            yield {"case": name, "error": str(failed)}


def translation(here: cases.World) -> measure.Figures:
    fill = filler(here)
    return measure.measure(
        "grammar",
        lambda number: _ignored(grammar.translate(fill(QUESTIONS[number % len(QUESTIONS)], number))),
        SENTENCES,
    )


def chart() -> measure.Figures:
    columns = [Column("week", "Week", Type.DATE), Column("calls", "Calls", Type.INT)]
    rows = [
        {"week": f"2026-{month:02}-{day:02}", "calls": month * day}
        for month in range(1, 13)
        for day in (1, 8, 15, 22)
    ]
    answer = Answer(columns, rows, "Calls per week.", time="week", number="calls")
    plan = planning.plan(answer)
    if plan is None:
        raise Failed("no chart was planned")
    return measure.measure("chart", lambda number: _ignored(drawing.svg(plan, rows, columns)), RUNS)


def _ignored(value: object) -> None:
    """Whether it is right is for tests to say; here only its time counts."""


def main() -> None:
    asked = {key for key, _ in ASKED}
    missing = set(registry.entries()) - asked
    if missing:
        raise Failed(f"not measured: {', '.join(sorted(missing))}")
    with cases.world() as here:
        figures = [*intents(here), dataclasses.asdict(translation(here)), dataclasses.asdict(chart())]
    print(json.dumps(figures), file=sys.stdout)


if __name__ == "__main__":
    main()
