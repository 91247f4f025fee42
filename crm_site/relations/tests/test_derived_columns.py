"""The derived columns of investors say what a fresh count says, after any run of writes."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.communications import services as communications
from crm_site.communications.models import Communication, Reminder
from crm_site.core import clock
from crm_site.core.errors import CrmError
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, Opportunity, Stage
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion
from crm_site.tests import cast

WRITES = 60


def truth(investor: Investor) -> dict[str, object]:
    """Counted one by one in Python, without any of the code under test."""
    happened = [one.occurred_on for one in Communication.objects.filter(investor=investor, state="happened")]
    due = [one.due_on for one in Reminder.objects.filter(investor=investor, state="open")]
    mine = list(Opportunity.objects.filter(investor=investor).select_related("stage", "fund"))
    counted = [one for one in mine if one.stage.category != "lost" and one.fund.currency == "USD"]
    open_ones = sorted(
        (one for one in mine if one.stage.category == "open"), key=lambda one: -one.stage.position
    )
    latest = sorted(mine, key=lambda one: one.stage_since, reverse=True)
    chosen = (open_ones or latest or [None])[0]
    return {
        "last_activity_on": max(happened, default=None),
        "next_step_on": min(due, default=None),
        "committed_total": sum((one.committed or Decimal(0) for one in counted), Decimal(0)),
        "expected_total": sum((one.expected or Decimal(0) for one in counted), Decimal(0)),
        "stage_id": chosen.stage_id if chosen else None,
    }


def step(dice: random.Random, investor: Investor, funds: list, stages: list[Stage]) -> None:
    actor, day = cast.system(), clock.today() - timedelta(days=dice.randrange(90))
    mine = list(Opportunity.objects.filter(investor=investor).order_by("id"))
    choice = dice.randrange(9)
    if choice == 0:
        communications.add_communication(actor=actor, investor=investor, body="x", occurred_on=day)
    elif choice == 1:
        cast.make_reminder(investor, due_on=clock.today() + timedelta(days=dice.randrange(60)))
    elif choice == 2:
        investors.create_opportunity(
            actor=actor, investor=investor, fund=dice.choice(funds), expected=dice.randrange(10**6)
        )
    elif choice == 3 and mine:
        investors.move_opportunity(actor=actor, opportunity=dice.choice(mine), stage=dice.choice(stages))
    elif choice == 4 and mine:
        values = {"committed": dice.randrange(10**6), "expected": dice.randrange(10**6)}
        investors.edit_opportunity(actor=actor, opportunity=dice.choice(mine), values=values)
    elif choice == 5:
        for reminder in Reminder.objects.filter(investor=investor, state="open").order_by("id")[:1]:
            communications.close_reminder(actor=actor, reminder=reminder)
    elif choice == 6:
        for row in Communication.objects.filter(investor=investor).order_by("-occurred_on", "id")[:1]:
            communications.edit_communication(actor=actor, communication=row, values={"occurred_on": day})
    elif choice == 7:
        rows = [
            *mine,
            *Communication.objects.filter(investor=investor),
            *Reminder.objects.filter(investor=investor),
        ]
        if rows:
            relations.delete_record(actor=actor, row=dice.choice(rows))
    else:
        for deletion in Deletion.objects.in_trash()[:1]:
            relations.restore_deletion(actor=actor, deletion=deletion)


@pytest.mark.parametrize("seed", range(4))
def test_any_run_of_writes_keeps_them_true(house, seed: int) -> None:
    dice = random.Random(seed)
    cast.make_member(house)
    funds = [cast.make_fund(), cast.make_fund(), cast.make_fund(currency="EUR")]
    stages = list(Stage.objects.in_order())
    subjects = [cast.make_investor() for _ in range(2)]
    for _ in range(WRITES):
        try:
            step(dice, dice.choice(subjects), funds, stages)
        except CrmError:
            continue  # refused, as a person would be: nothing may have changed
        for investor in subjects:
            investor.refresh_from_db()
            stored = {name: getattr(investor, name) for name in truth(investor)}
            assert stored == truth(investor)
