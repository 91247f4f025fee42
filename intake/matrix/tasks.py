"""What rooms add to the background work: answers to questions, forgetting old ones; and the bot to `doctor`."""

from __future__ import annotations

from datetime import time

from crm_site.accounts.models import Organization
from crm_site.core import clock
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.work import cluster, doctor, kinds, schedules
from crm_site.work import tasks as work
from crm_site.work.doctor import Finding, Verdict
from intake.matrix import condition, question_work
from intake.matrix.choices import Link
from intake.matrix.condition import Condition
from intake.matrix.services import questions


@work.scheduled
def forget_old_questions() -> None:
    """In every organization."""
    for organization in Organization.objects.order_by("id"):
        with scope(organization):
            questions.forget_old(actor=Actor.system(organization_id=organization.pk))


def matrix_bot() -> Finding:
    """Whether the bot runs, reads and sends; and what a person must do when it cannot."""
    if not condition.is_configured():
        return Finding(Verdict.OK, "none set up (MATRIX_HOMESERVER)")
    found = condition.now()
    trouble = _trouble(found)
    if trouble is not None:
        return trouble
    degraded = _degraded(found)
    said = (
        f"connected, last sync {_ago(found)}; {found.posts_waiting} to send, {found.events_waiting} to decide"
    )
    return Finding(Verdict.WARN if degraded else Verdict.OK, "; ".join([said, *degraded]))


def _trouble(found: Condition) -> Finding | None:
    if found.link == Link.REFUSED:
        return Finding(
            Verdict.DOWN,
            f"log-in refused ({found.detail}): run manage.py matrix_bot --login, then restart it",
        )
    if not found.is_alive or found.link == Link.STOPPED:
        return Finding(Verdict.DOWN, "not running: start it with manage.py up, or manage.py matrix_bot")
    if found.link != Link.CONNECTED:
        return Finding(Verdict.WARN, f"{found.link.label.lower()}: {found.detail}".rstrip(": "))
    return None


def _degraded(found: Condition) -> list[str]:
    said = []
    if found.is_late:
        said.append("posts have waited for more than two minutes")
    if found.posts_failed or found.events_failed:
        said.append(f"given up: {found.posts_failed} posts, {found.events_failed} events")
    if found.encrypted:
        said.append(
            f"cannot read in {', '.join(found.encrypted)}, which is encrypted: set MATRIX_E2EE=1, "
            "or make new rooms with manage.py matrix_bot --setup"
        )
    if found.absent:
        said.append(f"not in {', '.join(found.absent)}: invite {found.user_id}")
    return said


def _ago(found: Condition) -> str:
    if found.synced_at is None:
        return "not yet"
    return f"{max(int((clock.now() - found.synced_at).total_seconds()), 0)} s ago"


doctor.register(condition.DOCTOR, matrix_bot)
kinds.register(
    questions.ANSWER_FAST,
    question_work.answer_question,
    cluster=cluster.FAST.name,
    given_up=question_work.answering_failed,
)
kinds.register(
    questions.ANSWER_LLM,
    question_work.answer_question,
    cluster=cluster.LLM.name,
    given_up=question_work.answering_failed,
)
schedules.register(
    "forget old questions of rooms", "intake.matrix.tasks.forget_old_questions", daily_at=time(3, 25)
)
