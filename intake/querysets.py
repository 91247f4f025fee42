"""Named ways to read messages and proposals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from intake.choices import MessageState, ProposalState

if TYPE_CHECKING:
    from intake.models import InboundMessage, Proposal  # noqa: F401


class InboundMessageQuerySet(models.QuerySet["InboundMessage"]):
    """What came in."""

    def newest_first(self) -> InboundMessageQuerySet:
        """The latest first."""
        return self.select_related("sender").order_by("-id")

    def being_read(self) -> InboundMessageQuerySet:
        """Not yet read by the pipeline."""
        return self.filter(state=MessageState.RECEIVED).order_by("-id")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """What waits for, or got, a decision."""

    def pending(self) -> ProposalQuerySet:
        """Waiting for a person, the oldest message first, and by their place in it."""
        return self.filter(state=ProposalState.PENDING).order_by("message_id", "ordinal", "id")

    def decided(self) -> ProposalQuerySet:
        """No longer waiting, the latest first."""
        return self.exclude(state=ProposalState.PENDING).order_by(
            models.F("decided_at").desc(nulls_last=True), "-id"
        )

    def due(self, now: datetime) -> ProposalQuerySet:
        """Waiting for longer than they may."""
        return self.filter(state=ProposalState.PENDING, expires_at__lte=now).order_by("id")

    def with_message(self) -> ProposalQuerySet:
        """Joins the message, its sender, and who decided."""
        return self.select_related("message__sender", "decided_by", "investor")
