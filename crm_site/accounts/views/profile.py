"""One's own page: name, password, Matrix ids, organizations. And the organization's own data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from crm_site.accounts import services, sessions
from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.forms import ChangePasswordForm, OrganizationForm, ProfileForm
from crm_site.accounts.models import MatrixIdentity
from crm_site.accounts.permissions import Verb
from crm_site.core.errors import CrmError

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
@member()
def profile(request: MemberRequest) -> HttpResponse:
    """What belongs to the member alone; every role has it."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_profile(actor=request.actor, user=request.user, name=form.cleaned_data["name"])
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:settings")
    context = {
        "tab": "profile",
        "form": form,
        "identities": MatrixIdentity.objects.filter(user=request.user).order_by("mxid"),
        "organizations": sessions.organizations_of(request),
    }
    return render(request, "accounts/profile.html", context)


@read_or_write
@member()
def password(request: MemberRequest) -> HttpResponse:
    """Change one's own password. This session goes on, all others of the member end."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(actor=request.actor, user=request.user, **form.cleaned_data)
        except CrmError as error:
            show_refusal(form, error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed. Other devices were logged out.")
            return redirect("accounts:settings")
    return render(request, "accounts/password.html", {"tab": "profile", "form": form})


@read_or_write
@member(Verb.MANAGE_SETTINGS)
def organization(request: MemberRequest) -> HttpResponse:
    """Name, clock and currency."""
    row = request.organization
    form = OrganizationForm(
        request.POST or None,
        initial={"name": row.name, "time_zone": row.time_zone, "currency": row.currency},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_organization(actor=request.actor, organization=row, values=form.cleaned_data)
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:organization")
    return render(request, "accounts/organization.html", {"tab": "organization", "form": form})
