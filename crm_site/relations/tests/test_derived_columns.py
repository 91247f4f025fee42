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
    latest = sorted(mine, key=lambda one: str(one.stage_since), reverse=True)
    chosen = next(iter(open_ones or latest), None)
    return {
        "last_activity_on": max(happened, default=None),
        "next_step_on": min(due, default=None),
        "committed_total": sum((one.committed or Decimal(0) for one in counted), Decimal(0)),
        "expected_total": sum((one.expected or Decimal(0) for one in counted), Decimal(0)),
        "stage_id": chosen.stage_id if chosen else None,
    }


class Writer:
    """Makes one random write of each sort, through the services."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.funds = [cast.make_fund(), cast.make_fund(), cast.make_fund(currency="EUR")]
        self.stages = list(Stage.objects.in_order())
        self.writes = (
            self.log, self.remind, self.open, self.move, self.edit, self.tick, self.redate, self.delete, self.restore,
        )  # fmt: skip

    def write(self, investor: Investor) -> None:
        self.dice.choice(self.writes)(investor)

    def day(self):
        return clock.today() - timedelta(days=self.dice.randrange(90))

    def any_opportunity(self, investor: Investor) -> list[Opportunity]:
        mine = list(Opportunity.objects.filter(investor=investor).order_by("id"))
        return [self.dice.choice(mine)] if mine else []

    def log(self, investor: Investor) -> None:
        communications.add_communication(
            actor=cast.system(), investor=investor, body="x", occurred_on=self.day()
        )

    def remind(self, investor: Investor) -> None:
        cast.make_reminder(investor, due_on=clock.today() + timedelta(days=self.dice.randrange(60)))

    def open(self, investor: Investor) -> None:
        fund = self.dice.choice(self.funds)
        investors.create_opportunity(
            actor=cast.system(), investor=investor, fund=fund, expected=self.dice.randrange(10**6)
        )

    def move(self, investor: Investor) -> None:
        for opportunity in self.any_opportunity(investor):
            stage = self.dice.choice(self.stages)
            investors.move_opportunity(actor=cast.system(), opportunity=opportunity, stage=stage)

    def edit(self, investor: Investor) -> None:
        for opportunity in self.any_opportunity(investor):
            values = {"committed": self.dice.randrange(10**6), "expected": self.dice.randrange(10**6)}
            investors.edit_opportunity(actor=cast.system(), opportunity=opportunity, values=values)

    def tick(self, investor: Investor) -> None:
        for reminder in Reminder.objects.filter(investor=investor, state="open").order_by("id")[:1]:
            communications.close_reminder(actor=cast.system(), reminder=reminder)

    def redate(self, investor: Investor) -> None:
        for row in Communication.objects.filter(investor=investor).order_by("-occurred_on", "id")[:1]:
            communications.edit_communication(
                actor=cast.system(), communication=row, values={"occurred_on": self.day()}
            )

    def delete(self, investor: Investor) -> None:
        rows = [
            *Opportunity.objects.filter(investor=investor).order_by("id"),
            *Communication.objects.filter(investor=investor).order_by("id"),
            *Reminder.objects.filter(investor=investor).order_by("id"),
        ]
        if rows:
            relations.delete_record(actor=cast.system(), row=self.dice.choice(rows))

    def restore(self, investor: Investor) -> None:
        for deletion in Deletion.objects.in_trash()[:1]:
            relations.restore_deletion(actor=cast.system(), deletion=deletion)


@pytest.mark.parametrize("seed", range(4))
def test_any_run_of_writes_keeps_them_true(house, seed: int) -> None:
    cast.make_member(house)
    writer = Writer(seed)
    subjects = [cast.make_investor() for _ in range(2)]
    for _ in range(WRITES):
        try:
            writer.write(writer.dice.choice(subjects))
        except CrmError:
            continue  # refused, as a person would be: nothing may have changed
        for investor in subjects:
            investor.refresh_from_db()
            stored = {name: getattr(investor, name) for name in truth(investor)}
            assert stored == truth(investor)
