"""`/api/v1/audit/`: the log of every change, to read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.api import filters
from crm_site.api.base import Records
from crm_site.api.operations import operation
from crm_site.api.pagination import Order
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.audit.serializers import AuditShown
from crm_site.core import fields
from crm_site.core.actor import Door

Subject = tuple[str, int]


def _subject(given: str, name: str) -> Subject:
    label, _, number = given.partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        fields.refuse(name, "Give label and id, such as investors.investor:7.")
    return label, int(number)


def _about(rows: QuerySet[Any], subject: Subject) -> QuerySet[Any]:
    return rows.filter(subject_label=subject[0], subject_id=subject[1])


def _around(rows: QuerySet[Any], subject: Subject) -> QuerySet[Any]:
    return rows.filter(pk__in=AuditEvent.objects.around(*subject).order_by().values("pk"))


class Audit(Records):
    """Needs the right to read the audit log. Nothing here can be changed, by any door."""

    tag, noun = "audit", "the audit log"
    shown = AuditShown
    orders = {"sequence": Order("sequence")}
    default_order = "-sequence"
    filters = {
        "subject": filters.Filter("Done to this record, as `label:id`.", _subject, _about),
        "around": filters.Filter("Done to this record or to what hangs on it.", _subject, _around),
        "action": filters.by_text("action", "Such as `investor.edited`."),
        "door": filters.by_choice("door", [str(door) for door in Door], "The way it came in."),
        "user": filters.by_id("user_id", "The user's id."),
        "request": filters.by_text("request_id", "The id that answers carry as X-Request-Id."),
        "since": filters.by_day("at__date__gte", "On or after this date (UTC)."),
        "until": filters.by_day("at__date__lte", "On or before this date (UTC)."),
    }

    def rows(self) -> QuerySet[Any]:
        permissions.require(self.actor, Verb.READ_AUDIT)
        return AuditEvent.objects.all()

    def listed(self) -> QuerySet[Any]:
        return self.rows()

    @operation("List: the audit log", gives="shown", many=True)
    def list(self, request: Request) -> Response:
        """The latest entry first. Personal values read “(erased)” once their subject was purged."""
        rows = filters.narrowed(self.listed(), request, self.filters)
        return self.paged(rows, AuditShown, self.orders, self.default_order, reading.lines)

    @operation("Read: one entry", gives="shown")
    def retrieve(self, request: Request, id: str) -> Response:
        """With the values before and after."""
        return Response(AuditShown(reading.lines([self.row(id)])[0]).data)
