"""`/api/v1/query/…`: what can be asked, and asking it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.api.operations import operation
from crm_site.core import fields
from crm_site.core.actor import Actor
from nlquery import pictures, registry, serializers
from nlquery import services as asking
from nlquery.answers import Envelope
from nlquery.understanding import Mode

STATUS = {"model_unavailable": 503, "error": 500}
CHART = "chart"


class Catalog(APIView):
    tag, does = "query", "catalog"

    @operation("What can be asked", gives=serializers.CatalogShown)
    def get(self, request: Request) -> Response:
        """All intents with their slots and example questions. Stages are those of the organization."""
        permissions.require(actor_of(request), Verb.ASK)
        return Response(serializers.CatalogShown({"intents": registry.catalog()}).data)


class Ask(APIView):
    tag, does = "query", "ask"

    @operation(
        "Ask",
        takes=serializers.QuestionGiven,
        gives=serializers.AnswersShown,
        errors=(429,),
        parameters=[OpenApiParameter(CHART, enum=["svg"], description="`svg`: the chart's picture too.")],
        same_shape={500: "The query failed on our side.", 503: "The model was needed and does not answer."},
    )
    def post(self, request: Request) -> Response:
        """A question in plain English, or an intent with its slots. A question that cannot be answered, a name that is not
        known or means several, and slots that do not fit are answers too: `status` says so."""
        body = serializers.QuestionGiven(data=request.data)
        body.is_valid(raise_exception=True)
        drawn = request.query_params.get(CHART)
        if drawn not in (None, "svg"):
            fields.refuse(CHART, "Choose svg.")
        answers = _answers(actor_of(request), body.validated_data)
        said = serializers.as_json(answers, picture=pictures.svg if drawn else None)
        return Response(said, status=STATUS.get(answers[0].status, 200))


def actor_of(request: Request) -> Actor:
    """The member behind the request."""
    found: Actor = request._request.actor  # type: ignore[attr-defined]
    return found


def _answers(actor: Actor, given: dict[str, Any]) -> list[Envelope]:
    if "intent" in given:
        said, slots = given.get("question", ""), given.get("slots", {})
        return [asking.run(actor=actor, intent=given["intent"], slots=slots, question=said)]
    return asking.ask(actor=actor, question=given["question"], mode=Mode(given["mode"]))
