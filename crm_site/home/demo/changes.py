"""The last few changes, made through the real services, so that histories have something to tell."""

from __future__ import annotations

import random
from collections.abc import Sequence

from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.home.demo.setting import Setting
from crm_site.investors import services as investors
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Investor, Opportunity

INTERESTING = 50
_NOTES = (
    "Prefers a call before anything in writing.", "Second signatory is new since this year.", "Reporting goes to the family's accountant.",
    "Keep the assistant in copy for dates.", "Invite to the annual dinner.", "Wants figures in the annex, not in the letter.",
)  # fmt: skip


@unit.atomic
def make(actors: Sequence[Actor], here: Setting, investor_ids: Sequence[int]) -> None:
    """Edit the investors with the largest open amounts as their colleagues would have done this morning."""
    rng = random.Random(f"{here.seed}:changes")
    rows = Investor.objects.live().filter(pk__in=investor_ids, expected_total__gt=0)
    partners = [actor for actor in actors if actor.role == "partner"]
    for investor in rows.order_by("-expected_total", "id")[:INTERESTING]:
        actor = rng.choice(list(actors))
        notes = f"{investor.notes}\n{rng.choice(_NOTES)}".strip()
        investors.edit_investor(actor=actor, investor=investor, values={"notes": notes})
        if rng.random() < 0.5:
            opportunity = Opportunity.objects.open().filter(investor=investor).order_by("id").first()
            if opportunity and opportunity.stage.category == StageCategory.OPEN:
                sure = rng.choice((20, 30, 40, 50, 60, 75))
                investors.edit_opportunity(
                    actor=rng.choice(partners), opportunity=opportunity, values={"probability": sure}
                )
        if rng.random() < 0.4:
            source = rng.choice(("Existing investor", "Referral", "Alumni network"))
            investors.edit_investor(actor=actor, investor=investor, values={"lead_source": source})
