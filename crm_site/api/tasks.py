"""Background work of the API: forgetting tokens that have run out."""

from __future__ import annotations

from datetime import time

from django.core.management import call_command

from crm_site.work import schedules
from crm_site.work import tasks as work


@work.scheduled
def forget_expired_tokens() -> None:
    """Remove what simplejwt keeps of refresh tokens that can be used no more."""
    call_command("flushexpiredtokens")


schedules.register("forget expired tokens", "crm_site.api.tasks.forget_expired_tokens", daily_at=time(3, 40))
