"""Having a picture read by a worker."""

from __future__ import annotations

from crm_site.core import spark
from crm_site.work import services as work

READ_FAST, READ_LLM = READING = ("intake.read_picture", "intake.read_picture_llm")


def ask_for_reading(*, organization_id: int, message_id: int) -> None:
    """Enqueue it inside the caller's transaction: for the slow cluster when a model takes part, so that capture never waits."""
    work.enqueue(
        organization_id=organization_id,
        kind=READ_LLM if spark.configured() else READ_FAST,
        subject_id=message_id,
    )
