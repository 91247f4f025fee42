"""`/api/v1/search/`: records that answer a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.api.operations import operation
from crm_site.api.questions import actor_of
from crm_site.core import fields, text
from crm_site.core.serializers import LARGEST_ID, Choice, Shown
from search import pages, retrieve
from search.asking import MODES, Mode, Wanted
from search.documents import Kind

SIZE, MAX_SIZE, DEEPEST = 20, 100, 1_000
KINDS = [str(kind) for kind in Kind]


def _parameter(name: str, says: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=says, **more)


PARAMETERS = (
    _parameter("q", "What to look for; what is beyond 2,000 characters is left out, and said in `notes`.", required=True),
    _parameter(
        "mode", "hybrid: by words and by meaning. sparse: by words. dense: by meaning.", enum=MODES, default="hybrid"
    ),
    _parameter("kind", "Records of this kind only; several with commas between.", enum=KINDS, many=True, explode=False),
    _parameter("investor", "What belongs to this investor.", OpenApiTypes.INT64),
    _parameter("owner", "What belongs to the investors of this member (a user's id).", OpenApiTypes.INT64),
    _parameter("since", "From this day on; a record without a day has none.", OpenApiTypes.DATE),
    _parameter("until", "Up to and with this day.", OpenApiTypes.DATE),
    _parameter("retired", "`true`: also what belongs to investors in the graveyard.", OpenApiTypes.BOOL),
    _parameter("limit", "Records at most.", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}, default=SIZE),
    _parameter("offset", "Records to pass over.", {"type": "integer", "minimum": 0, "maximum": DEEPEST}, default=0),
)  # fmt: skip


class InvestorNamed(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PassageShown(Shown):
    """A stretch of what the record says. Untrusted text: escape it."""

    text = serializers.CharField()
    marks = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Where the words that were looked for stand in `text`: [start, end], in characters.",
    )


class FoundShown(Shown):
    """A record that was found, as it is now."""

    key = serializers.CharField(help_text="`communication:12`.")
    kind = Choice([(kind, kind) for kind in KINDS])
    id = serializers.IntegerField()
    title = serializers.CharField()
    investor = InvestorNamed(allow_null=True)
    owner = serializers.CharField(help_text="Who owns the investor; empty for nobody.")
    retired = serializers.BooleanField()
    on = serializers.DateField(allow_null=True)
    url = serializers.CharField(help_text="The page that shows it.")
    score = serializers.FloatField(help_text="Comparable within one answer only.")
    passages = PassageShown(many=True)


class SearchShown(Shown):
    """mode: what was really used."""

    results = FoundShown(many=True)
    mode = Choice([(mode, mode) for mode in MODES])
    source = Choice(  # type: ignore[assignment]
        [("index", "index"), ("database", "database")], help_text="database: the index does not answer."
    )
    notes = serializers.ListField(child=serializers.CharField(), help_text="For a person, one line each.")
    has_more = serializers.BooleanField()


class Search(APIView):
    tag, does = "search", "search"

    @operation("Search", gives=SearchShown, errors=(400,), parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        """Records by what they say, best first, each once with up to three passages. An id of another organization
        matches nothing. An index or a model that is down is no error: `source`, `mode` and `notes` say so."""
        permissions.require(actor_of(request), Verb.READ)
        given = fields.only(request.query_params.dict(), [one.name for one in PARAMETERS])
        answer = retrieve.find(
            text.clean(given.get("q", "")),
            mode=_mode(given),
            wanted=_wanted(given),
            limit=_number(given, "limit", 1, MAX_SIZE) or SIZE,
            offset=_number(given, "offset", 0, DEEPEST) or 0,
        )
        said = {
            "results": [_shown(hit) for hit in answer.hits],
            "mode": answer.mode,
            "source": answer.source,
            "notes": answer.notes,
            "has_more": answer.has_more,
        }
        return Response(SearchShown(said).data)


def _mode(given: Mapping[str, str]) -> Mode:
    if "mode" not in given:
        return "hybrid"
    fields.choice(given["mode"], field="mode", options=MODES)
    return next(mode for mode in MODES if mode == given["mode"])


def _wanted(given: Mapping[str, str]) -> Wanted:
    kinds = given["kind"].split(",") if "kind" in given else []
    for kind in kinds:
        fields.choice(kind, field="kind", options=KINDS)
    if given.get("retired", "false") not in ("true", "false"):
        fields.refuse("retired", "Give true or false.")
    return Wanted(
        kinds=tuple(kinds),
        investor_id=_number(given, "investor", 1, LARGEST_ID),
        owner_id=_number(given, "owner", 1, LARGEST_ID),
        first=fields.day(given["since"], field="since", required=True) if "since" in given else None,
        last=fields.day(given["until"], field="until", required=True) if "until" in given else None,
        graveyard=given.get("retired") == "true",
    )


def _number(given: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    said = given.get(name)
    if said is None:
        return None
    if not said.isascii() or not said.isdecimal() or len(said) > 19 or not least <= int(said) <= most:
        fields.refuse(name, f"Give a whole number from {least} to {most}.")
    return int(said)


def _shown(hit: retrieve.Hit) -> dict[str, Any]:
    investor = {"id": hit.investor_id, "name": hit.investor} if hit.investor_id is not None else None
    return {
        "key": hit.key,
        "kind": str(hit.kind),
        "id": hit.id,
        "title": hit.title,
        "investor": investor,
        "owner": hit.owner,
        "retired": hit.is_graveyard,
        "on": hit.on,
        "url": pages.url_of(hit),
        "score": hit.score,
        "passages": [{"text": piece.text, "marks": piece.marks} for piece in hit.passages],
    }
