"""Who answers where a message came from. Each channel that can answer registers; the rest (web, API) are looked at.

Called by `intake.services` inside the transaction of what happened, by whatever door it did: a proposal approved on the web
is told in its room, and a rollback leaves nothing said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crm_site.communications.entry import Result
from crm_site.core.actor import Actor
from intake.models import InboundMessage, Proposal
from intake.pipeline.reading import Reading


class Answerer(Protocol):
    """Tells the people of one channel. Each may be called again for the same thing, and must then say nothing new."""

    def read(
        self, *, actor: Actor, message: InboundMessage, proposals: Sequence[Proposal], reading: Reading
    ) -> None:
        """The message was read; proposals: those it led to, perhaps none."""

    def changed(self, *, actor: Actor, proposal: Proposal) -> None:
        """A person changed a waiting proposal; its revision is a new one."""

    def decided(self, *, actor: Actor, proposal: Proposal, result: Result | None) -> None:
        """It waits no longer: committed (with the result), rejected or expired."""

    def withdrawn(self, *, actor: Actor, message: InboundMessage, waiting: int) -> None:
        """Its writer took the message back, and so many waiting proposals with it."""

    def gave_up(self, *, actor: Actor, message: InboundMessage) -> None:
        """Reading the message failed for the last time; a person must act."""


_answerers: dict[str, Answerer] = {}


def register(source: str, answerer: Answerer) -> None:
    """Have messages of this source answered. The last one registered counts."""
    _answerers[source] = answerer


def read(*, actor: Actor, message: InboundMessage, proposals: Sequence[Proposal], reading: Reading) -> None:
    """Tell the channel of the message what was read in it."""
    if answerer := _answerers.get(message.source):
        answerer.read(actor=actor, message=message, proposals=proposals, reading=reading)


def changed(*, actor: Actor, proposal: Proposal) -> None:
    """Tell the channel of the proposal's message that it looks different now."""
    if answerer := _answerers.get(proposal.message.source):
        answerer.changed(actor=actor, proposal=proposal)


def decided(*, actor: Actor, proposal: Proposal, result: Result | None = None) -> None:
    """Tell the channel of the proposal's message what became of it."""
    if answerer := _answerers.get(proposal.message.source):
        answerer.decided(actor=actor, proposal=proposal, result=result)


def withdrawn(*, actor: Actor, message: InboundMessage, waiting: int) -> None:
    """Tell the channel of the message that it was taken back."""
    if answerer := _answerers.get(message.source):
        answerer.withdrawn(actor=actor, message=message, waiting=waiting)


def gave_up(*, actor: Actor, message: InboundMessage) -> None:
    """Tell the channel of the message that it could not be read."""
    if answerer := _answerers.get(message.source):
        answerer.gave_up(actor=actor, message=message)
