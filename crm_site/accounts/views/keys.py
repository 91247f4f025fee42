"""API keys: made, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crm_site.accounts import ranks, services
from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.forms import KeyForm
from crm_site.accounts.models import ApiKey, Membership
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.accounts.services import NewApiKey
from crm_site.accounts.views.profile import read_or_write
from crm_site.core import clock
from crm_site.core.errors import CrmError

manage_keys = member(Verb.MANAGE_KEYS)


@require_GET
@manage_keys
def keys(request: MemberRequest) -> HttpResponse:
    """All keys, the ended ones too: the log names them."""
    return _page(request)


@read_or_write
@manage_keys
@never_cache
def key_add(request: MemberRequest) -> HttpResponse:
    """Make a key. Its text is in this answer and stored nowhere, so there is no redirect."""
    active = Membership.objects.active().select_related("user").order_by("user__name", "id")
    mine = [one for one in active if ranks.may_manage(request.actor, one)]
    # Bots first: a key of a person does all that the person may.
    choices = sorted(mine, key=lambda one: one.role != Role.BOT)
    form = KeyForm(request.POST or None, members=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        last = given["expires_on"]
        try:
            made = services.create_api_key(
                actor=request.actor,
                membership=get_object_or_404(
                    Membership.objects.select_related("user"), pk=given["membership"]
                ),
                name=given["name"],
                scopes=given["scopes"],
                expires_at=clock.start_of(last + timedelta(days=1)) if last else None,
            )
        except CrmError as error:
            if "expires_at" in error.fields:
                error.fields["expires_on"] = error.fields["expires_at"]
            show_refusal(form, error)
        else:
            return _page(request, made=made)
    return render(request, "accounts/key_add.html", {"tab": "keys", "form": form})


@require_POST
@manage_keys
def key_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """End a key at once."""
    row = get_object_or_404(ApiKey.objects.all(), pk=pk)
    try:
        services.revoke_api_key(actor=request.actor, key=row)
    except CrmError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{row.name} is revoked.")
    return redirect("accounts:keys")


def _page(request: MemberRequest, *, made: NewApiKey | None = None) -> HttpResponse:
    context = {
        "tab": "keys",
        "rows": ApiKey.objects.newest_first()[:200],
        "made": made,
        "now": timezone.now(),
    }
    return render(request, "accounts/keys.html", context)
