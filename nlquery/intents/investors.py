"""Intents about investors."""

from __future__ import annotations

from dataclasses import dataclass

from crm_site.investors.models import Investor
from nlquery import cutting, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.registry import Example, intent, slot

TOPIC = "Investors"
LIMIT = slots.Int(1, 500)
INVESTOR = Column("investor", "Investor", Type.LINK)


@intent(
    "investor_stale",
    topic=TOPIC,
    answers="Live investors without any communication for at least so many days, or never, the longest silence first",
    examples=[
        Example("Who haven't we talked to in 60 days?", {"days": 60}),
        Example("Which of my investors in diligence have gone quiet?", {"stage": "diligence", "owner": "me"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class InvestorStale:
    days: int = slot(slots.Int(1, 3650), default=30)
    stage: str | None = slot(slots.Stage())
    owner: str | None = slot(slots.Owner())
    limit: int = slot(LIMIT, default=50)

    def answer(self, asking: Asking) -> Answer:
        found = Investor.objects.stale_for(self.days).with_people()
        if self.stage:
            found = found.filter(stage_id=asking.stage(self.stage).id)
        if self.owner:
            found = found.assigned_to(asking.owner(self.owner).id)
        cut = cutting.cut(found, self.limit)
        rows = [
            {
                **wording.investor_link(one.pk, one.name),
                "last_activity": wording.iso(one.last_activity_on),
                "days": (asking.today - one.last_activity_on).days if one.last_activity_on else None,
                "stage": one.stage.label if one.stage else "",
                "owner": one.assigned_to.name if one.assigned_to else "",
            }
            for one in cut.rows
        ]
        summary = wording.sentence(
            wording.count(cut.total, "investor"),
            "has" if cut.total == 1 else "have",
            f"had no communication for {wording.count(self.days, 'day')} or more{cut.more}",
        )
        columns = [
            INVESTOR,
            Column("last_activity", "Last activity", Type.DATE),
            Column("days", "Days", Type.INT),
            Column("stage", "Stage"),
            Column("owner", "Owner"),
        ]
        return Answer(columns, rows, summary, truncated=cut.truncated)
