"""Background work of the log: once a day the chains' heads go into a file outside the database."""

from __future__ import annotations

from datetime import time

from crm_site.audit import anchors
from crm_site.work import schedules
from crm_site.work import tasks as work


@work.scheduled
def anchor_heads() -> None:
    """Append the present heads."""
    anchors.write()


schedules.register("anchor audit heads", "crm_site.audit.tasks.anchor_heads", daily_at=time(2, 40))
