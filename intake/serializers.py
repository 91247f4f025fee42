"""Shapes of intake on the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm_site.core.serializers import Choice, Given, Instant, Shown
from intake import preview
from intake.choices import MessageState, ProposalState
from intake.models import InboundMessage, Proposal


class LineShown(Shown):
    """One thing that approving writes. old is empty for something new."""

    what = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    old = serializers.CharField()
    new = serializers.CharField()
    field = serializers.CharField(help_text="The name under which it can be edited.")
    confidence = serializers.FloatField(allow_null=True)


class ProposalShown(Shown):
    """What a message would cause. `parsed` is the contract of intake; `result` says what was written."""

    id = serializers.IntegerField()
    message_id = serializers.IntegerField()
    ordinal = serializers.IntegerField(help_text="Which of the investors the message tells of.")
    revision = serializers.IntegerField(
        help_text="Goes up with every edit; a decision names the one it is about."
    )
    state = Choice(ProposalState.choices)
    parsed = serializers.JSONField()
    match = serializers.JSONField()
    new_investor = serializers.BooleanField()
    notes = serializers.ListField(child=serializers.CharField())
    error = serializers.CharField(help_text="Why the last try to write it failed.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    investor = serializers.IntegerField(source="investor_id", allow_null=True)
    communication = serializers.IntegerField(source="communication_id", allow_null=True)
    result = serializers.JSONField()


class ProposalDetail(ProposalShown):
    """A proposal with what approving would write as things stand now."""

    writes = serializers.SerializerMethodField()

    @extend_schema_field(LineShown(many=True))
    def get_writes(self, proposal: Proposal) -> list[dict[str, Any]]:
        if not proposal.is_pending:
            return []
        return [dict(line) for line in LineShown(preview.of_proposal(proposal).lines, many=True).data]


class MessageShown(Shown):
    """What came in. `proposals` is empty until it has been read (`state` leaves `received`)."""

    id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    text = serializers.CharField()
    state = Choice(MessageState.choices)
    sent_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    proposals = serializers.SerializerMethodField()

    @extend_schema_field(ProposalShown(many=True))
    def get_proposals(self, message: InboundMessage) -> list[dict[str, Any]]:
        rows = sorted(message.proposals.all(), key=lambda one: (one.ordinal, one.revision))
        return [dict(row) for row in ProposalShown(rows, many=True).data]


class MessageGiven(Given):
    """A message to be read. external_id: your own id of it; the same one again is the same message."""

    text = serializers.CharField(trim_whitespace=False, max_length=200_000, allow_blank=True)
    external_id = serializers.CharField(max_length=200, required=False)
    sent_at = Instant(
        required=False, help_text="When it was written, if not now: “tomorrow” is read against it."
    )


class DecisionGiven(Given):
    """A decision. revision: the one you saw; without it the present one."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class RejectGiven(DecisionGiven):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PickGiven(DecisionGiven):
    number = serializers.IntegerField(
        min_value=1, max_value=50, help_text="Which candidate of `match`, from 1."
    )


@extend_schema_field(OpenApiTypes.OBJECT)
class EditsField(serializers.DictField):
    """Fields of the room grammar, such as {"amount": "3m", "contact2": "Tom Reed"}."""


class EditGiven(DecisionGiven):
    edits = EditsField(child=serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=True))

    def validate_edits(self, value: dict[str, str]) -> dict[str, str]:
        if not 0 < len(value) <= 100:
            raise serializers.ValidationError("Give 1 to 100 fields.")
        return value
