"""Background work of intake: reading messages, and closing proposals that nobody answered."""

from __future__ import annotations

from django.conf import settings

from crm_site.accounts.models import Organization
from crm_site.core import spark
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.work import cluster, doctor, kinds, schedules
from crm_site.work import tasks as work
from intake import answering, services
from intake.choices import MessageState
from intake.models import InboundMessage
from intake.pictures import queueing, tesseract, working
from intake.pipeline import reading
from intake.services import receiving


def parse_message(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Read one message outside a transaction (a model call may take long); return what stores the result."""
    if organization_id is None:
        return None
    message = InboundMessage.objects.filter(pk=subject_id, state=MessageState.RECEIVED).first()
    if message is None:
        return None
    found = reading.read(message.text, sent_at=message.sent_at)
    actor = Actor.system(organization_id=organization_id)
    return lambda: services.store_reading(actor=actor, message=message, reading=found)


def reading_failed(*, organization_id: int | None, subject_id: int) -> None:
    """Tell where the message came from that it could not be read."""
    message = InboundMessage.objects.filter(pk=subject_id, state=MessageState.RECEIVED).first()
    if organization_id is not None and message is not None:
        answering.gave_up(actor=Actor.system(organization_id=organization_id), message=message)


@work.scheduled
def expire_proposals() -> None:
    """Close, in every organization, the proposals that waited too long."""
    for organization in Organization.objects.order_by("id"):
        with scope(organization):
            services.expire_due(actor=Actor.system(organization_id=organization.pk))


def model_server() -> doctor.Finding:
    """Whether the model server answers. Without one the grammar reads messages, so an outage is a warning only."""
    if not spark.configured():
        return doctor.Finding(
            doctor.Verdict.OK, "none set up (SPARK_CONTROL_URL); messages are read by grammar"
        )
    if spark.reachable():
        return doctor.Finding(doctor.Verdict.OK, "answers")
    return doctor.Finding(doctor.Verdict.WARN, "does not answer; messages are read by grammar meanwhile")


def picture_reader() -> doctor.Finding:
    """What reads pictures. Having nothing is a choice, so it is told and no fault."""
    if spark.sees():
        return doctor.Finding(doctor.Verdict.OK, f"the model {settings.CRM_VISION_MODEL}")
    if tesseract.installed():
        return doctor.Finding(doctor.Verdict.OK, "Tesseract")
    return doctor.Finding(
        doctor.Verdict.OK, "none: install Tesseract or set CRM_VISION_MODEL to have pictures read"
    )


doctor.register("model server", model_server)
doctor.register("picture reader", picture_reader)
kinds.register(receiving.PARSE_FAST, parse_message, cluster=cluster.FAST.name, given_up=reading_failed)
kinds.register(receiving.PARSE_LLM, parse_message, cluster=cluster.LLM.name, given_up=reading_failed)
kinds.register(queueing.READ_FAST, working.read_picture, cluster=cluster.FAST.name, given_up=reading_failed)
kinds.register(queueing.READ_LLM, working.read_picture, cluster=cluster.LLM.name, given_up=reading_failed)
schedules.register("expire proposals", "intake.tasks.expire_proposals", minutes=60)
