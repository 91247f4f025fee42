"""Background work of asking: old questions are forgotten once a day."""

from __future__ import annotations

from datetime import time

from crm_site.accounts.models import Organization
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.work import schedules
from crm_site.work import tasks as work
from nlquery import services


@work.scheduled
def forget_old_questions() -> None:
    """In every organization."""
    for organization in Organization.objects.order_by("id"):
        with scope(organization):
            services.forget_old_questions(actor=Actor.system(organization_id=organization.pk))


schedules.register("forget old questions", "nlquery.tasks.forget_old_questions", daily_at=time(3, 20))
