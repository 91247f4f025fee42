"""What each operation takes and gives, said once beside its handler: the door and the OpenAPI description both read it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpResponse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from crm_site.api import pagination
from crm_site.api.shapes import ErrorShown, page_of
from crm_site.work import idempotency

Handler = TypeVar("Handler", bound=Callable[..., Any])
KEY_HEADER = "Idempotency-Key"
IS_PAGE = "page"

_ERRORS = {
    307: "The record was merged into another (`merged`; `fields.merged_into` is its id): `Location` leads there.",
    400: "Something sent cannot be used; `fields` says where.",
    401: "No member, token or API key.",
    403: "The role, or the key's scopes, do not allow it (`not_allowed`).",
    404: "There is no such record in this organization.",
    409: "It clashes with what is there: a stale `version` (`stale_edit`, with both values), a taken place, or the "
    "record was merged into another (`merged`; `fields.merged_into` is its id).",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many failed attempts, or too many questions; wait.",
}


@dataclass(frozen=True)
class Operation:
    """takes, gives: serializer classes, or the name of the view's attribute that holds one; None for no body."""

    summary: str
    takes: Any = None
    gives: Any = None
    status: int = 200
    many: bool = False
    errors: tuple[int, ...] = ()
    parameters: tuple[OpenApiParameter, ...] = ()
    same_shape: Mapping[int, str] = field(default_factory=dict)


def operation(
    summary: str,
    *,
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    many: bool = False,
    errors: Iterable[int] = (),
    parameters: Iterable[OpenApiParameter] = (),
    same_shape: Mapping[int, str] | None = None,
    once: bool = False,
) -> Callable[[Handler], Handler]:
    """Describe a handler. once: it honours `Idempotency-Key`. many: it answers with a page.

    same_shape: further statuses that answer in the shape of success, each with when that is.
    """
    said = Operation(
        summary, takes, gives, status, many, tuple(errors), tuple(parameters), dict(same_shape or {})
    )

    def describe(handler: Handler) -> Handler:
        described: Any = _once(handler) if once else handler
        described.operation = said
        described.once = once
        return described  # type: ignore[no-any-return]

    return describe


def _once(handler: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(handler)
    def answer(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        actor = request._request.actor
        said = json.dumps(request.data, sort_keys=True)
        done = idempotency.replay_or_run(
            organization_id=actor.organization_id,
            key=key,
            request=idempotency.fingerprint(str(actor.user_id), request.method, request.path, said),
            run=lambda: _kept(handler(view, request, *args, **kwargs)),
        )
        answered = HttpResponse(done.body, status=done.status, content_type=done.content_type)
        if done.replayed:
            answered["Idempotent-Replayed"] = "true"
        return answered

    return answer


def _kept(response: Response) -> idempotency.Answer:
    """The answer as bytes: what is stored is what was sent, so a replay cannot differ."""
    return idempotency.Answer(response.status_code, JSONRenderer().render(response.data))


class Schema(AutoSchema):
    """OpenAPI from `Operation`: nothing is guessed, every error answer is named."""

    @property
    def said(self) -> Operation:
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
        found: Operation = handler.operation
        return found

    def get_summary(self) -> str:
        return self.said.summary.format(noun=getattr(self.view, "noun", ""))

    def get_description(self) -> str:  # type: ignore[override]
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
        return " ".join((handler.__doc__ or "").split())

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None) or getattr(self.view, "does", self.method.lower())
        return f"{self.get_tags()[0].replace(' ', '_')}_{action}"

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "general")]

    def get_auth(self) -> list[dict[str, list[str]]]:
        if not self.view.get_authenticators():
            return [{}]
        return [{"apiKey": []}, {"bearer": []}, {"session": []}]

    def get_request_serializer(self) -> Any:
        return self._resolved(self.said.takes)

    def get_response_serializers(self) -> Any:
        said = self.said
        gives = self._resolved(said.gives)
        if said.many:
            gives = page_of(gives)
        answers: dict[Any, Any] = {
            said.status: OpenApiResponse(gives, "Done." if gives else "Done; no body.")
        }
        for status in sorted({*self._usual_errors(), *said.errors}):
            answers[status] = OpenApiResponse(ErrorShown, _ERRORS[status])
        for status, when in said.same_shape.items():
            answers[status] = OpenApiResponse(gives, when)
        return answers

    def _usual_errors(self) -> set[int]:
        usual = {401, 403} if self.view.get_authenticators() else set()
        if "{" in self.path:
            usual.add(404)
        if self._may_be_merged:
            usual.add(307 if self.method == "GET" else 409)
        if self.said.takes:
            usual |= {400, 415}
        if self.said.many:
            usual.add(400)
        if self.once:
            usual |= {400, 422}
        return usual

    @property
    def _may_be_merged(self) -> bool:
        """The address names a record of a kind that can be merged into another."""
        return "{id}" in self.path and hasattr(getattr(self.view, "model", None), "merged_into")

    @property
    def once(self) -> bool:
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
        return bool(getattr(handler, "once", False))

    def get_override_parameters(self) -> list[Any]:
        found = list(self.said.parameters)
        for name in ("id", "row_id"):
            if f"{{{name}}}" in self.path:
                found.append(OpenApiParameter(name, OpenApiTypes.INT64, OpenApiParameter.PATH))
        if self._may_be_merged and self.method == "GET":
            where = "Of the record it was merged into. Temporary: a merge can be taken back."
            found.append(
                OpenApiParameter(
                    "Location", OpenApiTypes.URI, OpenApiParameter.HEADER, description=where, response=[307]
                )
            )
        if self.said.many:
            found += self._list_parameters()
        if self.once:
            found.append(
                OpenApiParameter(
                    KEY_HEADER,
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description="Repeat a request safely: the same key and body get the same answer, one effect.",
                )
            )
        if self.method in ("PATCH", "DELETE"):
            found.append(
                OpenApiParameter(
                    "If-Match",
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description='The version you have read, as `"7"`; instead of `version`.',
                )
            )
        return found

    def _list_parameters(self) -> list[OpenApiParameter]:
        view: Any = self.view
        if getattr(view, "action", "") != "list":
            filters, orders = {}, {}
        else:
            filters, orders = view.filters, view.orders
        names = [sign + name for name in orders for sign in ("", "-")]
        found = [one.parameter(name) for name, one in filters.items()]
        if names:
            said = "A minus in front turns it round; rows without a value come last."
            found.append(
                OpenApiParameter(
                    pagination.ORDERING, description=said, enum=names, default=view.default_order
                )
            )
        found.append(
            OpenApiParameter(
                pagination.PAGE_SIZE,
                {"type": "integer", "minimum": 1, "maximum": pagination.MAX_SIZE},
                default=pagination.SIZE,
                description="Rows a page.",
            )
        )
        cursor = "From `next` or `previous` of a page; opaque."
        return [*found, OpenApiParameter(pagination.CURSOR, description=cursor)]

    def _resolved(self, shape: Any) -> Any:
        return getattr(self.view, shape) if isinstance(shape, str) else shape
