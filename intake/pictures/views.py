"""Showing a message's picture to the members of its organization."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from crm_site.accounts import doors
from crm_site.accounts.permissions import Verb
from intake.models import MessagePicture


@doors.member(Verb.READ)
@require_GET
def picture(request: doors.MemberRequest, message_id: int) -> HttpResponse:
    """The picture, in place: unlike an attachment it is always one that we drew ourselves."""
    shown = get_object_or_404(MessagePicture.objects.all(), message_id=message_id)
    answer = HttpResponse(bytes(shown.data), content_type=shown.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Content-Disposition"] = f'inline; filename="picture-{message_id}"'
    # It never changes; only this member's browser may keep it.
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer
