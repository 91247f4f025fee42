"""Files that came with a communication: downloads only."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.communications.models import Attachment
from crm_site.home import doors


@doors.page
@require_GET
def download(request: MemberRequest, attachment_id: int) -> FileResponse:
    """The file, never shown in place: what a stranger sent must not run as a page of ours."""
    permissions.require(request.actor, Verb.READ)
    living = Attachment.objects.filter(
        communication__deleted_at__isnull=True, communication__investor__deleted_at__isnull=True
    )
    attachment = get_object_or_404(living, pk=attachment_id)
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404("The file is missing on the disk.") from None
    answer = FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
