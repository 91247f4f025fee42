"""Files that came with a communication."""

from __future__ import annotations

import hashlib
import uuid

from django.core.files.base import ContentFile

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications.models import Attachment, Communication
from crm_site.core import fields, unit
from crm_site.core.actor import Actor

MAX_BYTES = 25 * 1024 * 1024
NAME_LIMIT, TYPE_LIMIT = 160, 100


@unit.atomic
def attach_file(
    *, actor: Actor, communication: Communication, data: bytes, name: str, content_type: str
) -> Attachment:
    """Keep a file with a communication; the same bytes again change nothing.

    content_type: what it is said to be, noted only: it is served as a download of no type. The file is written at once, so
    a transaction that fails later leaves a stray one on the disk, which does no harm. Raises Invalid at `name` or `file`.
    """
    permissions.require(actor, Verb.LOG, on=[communication])
    label = fields.line(name, field="name", limit=NAME_LIMIT, required=True)
    kind = fields.line(content_type, field="content_type", limit=TYPE_LIMIT, required=True)
    if not data:
        fields.refuse("file", "The file is empty.")
    if len(data) > MAX_BYTES:
        fields.refuse("file", f"At most {MAX_BYTES // 1024**2} MB.")
    sha256 = hashlib.sha256(data).hexdigest()
    known = Attachment.objects.filter(communication=communication, sha256=sha256).order_by("id").first()
    if known is not None:
        return known
    row = Attachment.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        communication=communication,
        # A name of ours on the disk: a stranger's could be a path, or clash.
        file=ContentFile(data, name=uuid.uuid4().hex),
        name=label,
        content_type=kind,
        size=len(data),
        sha256=sha256,
    )
    shown = {"name": label, "content_type": kind, "size": len(data), "sha256": sha256}
    audit.record(
        actor=actor,
        action="attachment.added",
        subject=row,
        parent=communication.investor,
        changes=audit.fresh(shown),
    )
    return row
