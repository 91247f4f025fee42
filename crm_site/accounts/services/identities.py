"""Which member stands behind a Matrix user id."""

from __future__ import annotations

import re

from django.db import IntegrityError

from crm_site.accounts import permissions, ranks
from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict

# Lower-case only: two ids that differ by case would be two people to the server and one to the reader.
_MXID = re.compile(r"@[a-z0-9._=/+-]+:[a-z0-9.-]+(:\d{1,5})?|@[a-z0-9._=/+-]+:\[[0-9a-f:.]+\](:\d{1,5})?")


class IdentityTaken(Conflict):
    """The Matrix id stands for a member already."""

    code = "identity_taken"


@unit.atomic
def link_matrix_identity(*, actor: Actor, membership: Membership, mxid: str) -> MatrixIdentity:
    """Let a Matrix user speak as a member. Never as one above the actor: that would lend the actor a higher role."""
    permissions.require(actor, Verb.MANAGE_MEMBERS, on=[membership])
    ranks.require_not_above(actor, membership.role)
    address = fields.line(mxid, field="mxid", limit=255, required=True)
    if not _MXID.fullmatch(address):
        fields.refuse("mxid", "Enter a Matrix id such as @ada:example.com.")
    if not membership.is_active:
        fields.refuse("membership", "Choose an active member.")
    try:
        with unit.savepoint():
            row = MatrixIdentity.objects.create(
                organization_id=actor.organization_id, user_id=membership.user_id, mxid=address
            )
    except IntegrityError:
        raise IdentityTaken(
            f"{address} is linked already.", fields={"mxid": "This id is linked already."}
        ) from None
    shown = {"mxid": address, "user": membership.user_id}
    audit.record(actor=actor, action="matrix_identity.linked", subject=row, changes=audit.fresh(shown))
    return row


@unit.atomic
def unlink_matrix_identity(*, actor: Actor, identity: MatrixIdentity) -> None:
    """Make a Matrix user a stranger again."""
    permissions.require(actor, Verb.MANAGE_MEMBERS, on=[identity])
    changes = {"mxid": (identity.mxid, None), "user": (identity.user_id, None)}
    audit.record(actor=actor, action="matrix_identity.unlinked", subject=identity, changes=changes)
    MatrixIdentity.objects.filter(pk=identity.pk).delete()
