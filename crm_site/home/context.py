"""What every page's navigation shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from intake.models import Proposal


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The member's rights and waiting proposals, for showing or leaving out links.

    Rights are enforced by the services, not here. Both are worked out only by a template that asks: a fragment has no
    navigation and must not pay for its count.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    return {"rights": SimpleLazyObject(lambda: _rights(actor)), "nav_inbox_count": _waiting}


def _rights(actor: Actor) -> dict[str, bool]:
    """By the verb's name in small letters: `rights.move_stage`."""
    return {verb.name.lower(): permissions.may(actor, verb) for verb in Verb}


def _waiting() -> int:
    return Proposal.objects.pending().order_by().count()
