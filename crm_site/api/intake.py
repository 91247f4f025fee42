"""`/api/v1/intake/…`: who is meant; what came in and what it proposes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, CharField, FloatField, IntegerField
from rest_framework.views import APIView

from crm_site.api.operations import operation
from crm_site.core import text
from crm_site.core.errors import Invalid
from crm_site.core.serializers import Choice, Shown
from crm_site.relations import matching

_ASKED = {
    "investor": "A firm's or person's name.",
    "contact": "The name of somebody there.",
    "email": "An address of somebody there.",
    "phone": "A number of somebody there.",
}


class CandidateShown(Shown):
    id = IntegerField(source="investor.pk")
    name = CharField(source="investor.name")
    score = FloatField(help_text="0..1")
    how = Choice([(str(how), str(how)) for how in matching.How])
    in_graveyard = BooleanField(source="investor.graveyard_at")


class MatchShown(Shown):
    """certain: beyond doubt. likely: good enough to propose to a person. Neither: new, or ask."""

    best_id = IntegerField(source="best.investor.pk", allow_null=True, default=None)
    score = FloatField(source="best.score", default=0.0)
    how = CharField(source="best.how", allow_null=True, default=None)
    certain = BooleanField()
    likely = BooleanField()
    candidates = CandidateShown(many=True)


class MatchView(APIView):
    tag, does = "intake", "match"

    @operation(
        "New or existing?",
        gives=MatchShown,
        errors=(400,),
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR, description=says) for name, says in _ASKED.items()
        ],
    )
    def get(self, request: Request) -> Response:
        """The investor meant by a name, or by a person's name, address or number: best hit and up to 5 candidates."""
        given = request.query_params
        unknown = {name[:80]: "No such field." for name in sorted(set(given) - _ASKED.keys())[:20]}
        asked = {name: text.clean(given.get(name, ""))[: matching.MAX_NAME] for name in _ASKED}
        if unknown or not any(value.strip() for value in asked.values()):
            raise Invalid("Say investor, contact, email or phone.", fields=unknown)
        found: Any = matching.match(**asked)
        return Response(MatchShown(found).data)
