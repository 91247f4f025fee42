"""`/api/v1/intake/messages/` and `…/proposals/`: hand in a text, look at what it would write, decide."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.api import filters
from crm_site.api.base import Creates, Records, Values
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from intake import serializers as shapes
from intake import services as intake
from intake.choices import MessageState, ProposalState, Source
from intake.models import InboundMessage, Proposal


class Messages(Creates):
    """What came in."""

    tag, noun = "intake messages", "messages"
    shown, draft = shapes.MessageShown, shapes.MessageGiven
    orders = {"id": Order("pk"), "received_at": Order("received_at")}
    default_order = "-id"
    filters = {
        "state": filters.by_choice("state", MessageState.values, "How far it has come."),
        "source": filters.by_choice("source", Source.values, "How it came in."),
    }

    def rows(self) -> QuerySet[Any]:
        return InboundMessage.objects.newest_first().prefetch_related("proposals")

    def add(self, values: Values) -> InboundMessage:
        return intake.receive(
            actor=self.actor,
            source=Source.API,
            body=values["text"],
            external_id=values.get("external_id", ""),
            sent_at=values.get("sent_at"),
        ).message


class Proposals(Records):
    """What waits for a decision, and what became of it."""

    tag, noun = "intake proposals", "proposals"
    shown = shapes.ProposalShown
    orders = {"id": Order("pk"), "created_at": Order("created_at")}
    default_order = "-id"
    filters = {
        "state": filters.by_choice("state", ProposalState.values, "Waiting, or how it was decided."),
        "message": filters.by_id("message_id", "The message's id."),
        "investor": filters.by_id("investor_id", "The investor it was written to."),
    }
    detail_shown = shapes.ProposalDetail

    def rows(self) -> QuerySet[Any]:
        return Proposal.objects.with_message()

    @operation("Read: {noun}", gives="detail_shown")
    def retrieve(self, request: Request, id: str) -> Response:
        """With what approving would write as things stand now."""
        return self._answer(int(id))

    @operation("Edit before writing", takes=shapes.EditGiven, gives="detail_shown", errors=(409,))
    def partial_update(self, request: Request, id: str) -> Response:
        """Changes fields by their names in the room: investor, contact, email, title, phone, kind, date, note, fund, amount,
        committed, stage, remind, due; contact2 and so on for further people."""
        proposal, values = self.row(id), self.given(shapes.EditGiven)
        revision = values.get("revision", proposal.revision)
        intake.edit(actor=self.actor, proposal=proposal, revision=revision, values=values["edits"])
        return self._answer(proposal.pk)

    @action(detail=True, methods=["post"])
    @operation("Approve", takes=shapes.DecisionGiven, gives="detail_shown", errors=(409,), once=True)
    def approve(self, request: Request, id: str) -> Response:
        """Writes it, exactly once. `result` holds the ids. A failed write answers why and leaves it waiting."""
        proposal, values = self.row(id), self.given(shapes.DecisionGiven)
        revision = values.get("revision", proposal.revision)
        intake.approve(actor=self.actor, proposal=proposal, revision=revision)
        return self._answer(proposal.pk)

    @action(detail=True, methods=["post"])
    @operation("Reject", takes=shapes.RejectGiven, gives="detail_shown", errors=(409,), once=True)
    def reject(self, request: Request, id: str) -> Response:
        """Nothing is written."""
        proposal, values = self.row(id), self.given(shapes.RejectGiven)
        revision = values.get("revision", proposal.revision)
        intake.reject(actor=self.actor, proposal=proposal, revision=revision, reason=values.get("reason", ""))
        return self._answer(proposal.pk)

    @action(detail=True, methods=["post"])
    @operation(
        "Pick another candidate", takes=shapes.PickGiven, gives="detail_shown", errors=(409,), once=True
    )
    def pick(self, request: Request, id: str) -> Response:
        """By its number in `match.candidates`, from 1."""
        proposal, values = self.row(id), self.given(shapes.PickGiven)
        revision = values.get("revision", proposal.revision)
        intake.pick(actor=self.actor, proposal=proposal, revision=revision, number=values["number"])
        return self._answer(proposal.pk)

    @action(detail=True, methods=["post"])
    @operation(
        "None of the candidates: a new investor",
        takes=shapes.DecisionGiven,
        gives="detail_shown",
        errors=(409,),
        once=True,
    )
    def new(self, request: Request, id: str) -> Response:
        """Approving will then make one."""
        proposal, values = self.row(id), self.given(shapes.DecisionGiven)
        revision = values.get("revision", proposal.revision)
        intake.make_new(actor=self.actor, proposal=proposal, revision=revision)
        return self._answer(proposal.pk)

    def _answer(self, pk: int) -> Response:
        return Response(shapes.ProposalDetail(self.row(pk)).data)
