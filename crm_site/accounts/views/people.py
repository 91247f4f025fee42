"""Members and their roles, and who stands behind a Matrix id."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crm_site.accounts import ranks, services
from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.forms import IdentityForm, MemberForm
from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.accounts.views.profile import read_or_write
from crm_site.core.errors import CrmError

manage_members = member(Verb.MANAGE_MEMBERS)


@require_GET
@manage_members
def members(request: MemberRequest) -> HttpResponse:
    """Everybody, former members last."""
    return _members_page(request)


@read_or_write
@manage_members
@never_cache
def member_add(request: MemberRequest) -> HttpResponse:
    """Let somebody in. The one-time password is shown in this answer and stored nowhere, so there is no redirect."""
    form = MemberForm(request.POST or None, roles=ranks.grantable(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_member(actor=request.actor, **form.cleaned_data)
        except CrmError as error:
            show_refusal(form, error)
        else:
            if made.password is None:
                messages.success(request, f"{made.membership.user.name} is a member now.")
                return redirect("accounts:members")
            return _members_page(request, shown_for=made.membership, password=made.password)
    return render(request, "accounts/member_add.html", {"tab": "members", "form": form})


@require_POST
@manage_members
def member_role(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    row = _member(pk)
    try:
        services.change_role(actor=request.actor, membership=row, role=request.POST.get("role", ""))
    except CrmError as error:
        return _refused(request, error)
    messages.success(request, f"{row.user.name} is {Role(row.role).label.lower()} now.")
    return redirect("accounts:members")


@require_POST
@manage_members
def member_state(request: MemberRequest, pk: int) -> HttpResponse:
    """Shut a member out (`active` is not 1), or let them in again."""
    row = _member(pk)
    wanted = request.POST.get("active") == "1"
    change = services.reactivate_member if wanted else services.deactivate_member
    try:
        change(actor=request.actor, membership=row)
    except CrmError as error:
        return _refused(request, error)
    messages.success(request, f"{row.user.name} {'can log in again' if wanted else 'is shut out now'}.")
    return redirect("accounts:members")


@require_POST
@manage_members
@never_cache
def member_password(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a member a one-time password, shown in this answer only."""
    row = _member(pk)
    try:
        drawn = services.issue_password(actor=request.actor, membership=row)
    except CrmError as error:
        return _refused(request, error)
    return _members_page(request, shown_for=row, password=drawn)


@read_or_write
@manage_members
def identities(request: MemberRequest) -> HttpResponse:
    """Link Matrix ids to members, and take links away."""
    active = [one for one in Membership.objects.active().select_related("user").order_by("user__name", "id")]
    choices = [one for one in active if ranks.may_manage(request.actor, one)]
    form = IdentityForm(request.POST or None, members=choices)
    if request.method == "POST" and form.is_valid():
        row = _member(form.cleaned_data["membership"])
        try:
            services.link_matrix_identity(actor=request.actor, membership=row, mxid=form.cleaned_data["mxid"])
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{form.cleaned_data['mxid']} speaks as {row.user.name} now.")
            return redirect("accounts:identities")
    rows = MatrixIdentity.objects.select_related("user").order_by("mxid")
    return render(request, "accounts/identities.html", {"tab": "identities", "form": form, "rows": rows})


@require_POST
@manage_members
def identity_unlink(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a Matrix user a stranger again."""
    row = get_object_or_404(MatrixIdentity.objects.all(), pk=pk)
    services.unlink_matrix_identity(actor=request.actor, identity=row)
    messages.success(request, f"{row.mxid} is unlinked.")
    return redirect("accounts:identities")


def _member(pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=pk)


def _refused(request: MemberRequest, error: CrmError) -> HttpResponse:
    if error.http_status in (403, 404):
        raise error
    messages.error(request, error.message)
    return redirect("accounts:members")


def _members_page(
    request: MemberRequest, *, shown_for: Membership | None = None, password: str = ""
) -> HttpResponse:
    rows = list(Membership.objects.everyone())
    context = {
        "tab": "members",
        "rows": [(row, ranks.may_manage(request.actor, row)) for row in rows],
        "roles": ranks.grantable(request.actor),
        "shown_for": shown_for,
        "password": password,
    }
    return render(request, "accounts/members.html", context)
