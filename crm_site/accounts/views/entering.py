"""The way in and out: log in, log out, a forgotten password, another organization."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from crm_site.accounts import services, sessions
from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.forms import LoginForm, NewPasswordForm, ResetForm
from crm_site.accounts.models import Membership
from crm_site.core import scope
from crm_site.core.actor import Door
from crm_site.core.errors import CrmError


class LogIn(auth_views.LoginView):
    """Django rotates the session here; axes counts failures and answers for those locked out."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # A member is sent on; somebody without an organization would be sent in circles.
        self.redirect_authenticated_user = getattr(request, "membership", None) is not None
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        is_first = form.get_user().last_login is None
        answer = super().form_valid(form)
        if is_first:
            messages.info(
                self.request, "Welcome. If somebody gave you this password, choose your own in Settings."
            )
        return answer


class LogOut(auth_views.LogoutView):
    """POST only, else a link in a mail could log people out."""

    next_page = "accounts:login"


class AskForReset(auth_views.PasswordResetView):
    """The answer is the same whether the address is known or not."""

    form_class = ResetForm
    template_name = "registration/password_reset_form.html"
    email_template_name = "registration/password_reset_email.html"
    subject_template_name = "registration/password_reset_subject.txt"
    success_url = reverse_lazy("accounts:password_reset_done")


class ResetAsked(auth_views.PasswordResetDoneView):
    template_name = "registration/password_reset_done.html"


class ChooseByLink(auth_views.PasswordResetConfirmView):
    """Django checks the link and takes the token out of the address; the service writes the password."""

    form_class: Any = NewPasswordForm
    template_name = "registration/password_reset_confirm.html"
    success_url = reverse_lazy("accounts:password_reset_complete")

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        given.pop("user")
        return given

    def form_valid(self, form: Any) -> HttpResponse:
        """In place of Django's, which saves past the service."""
        # Unscoped: nobody is logged in yet, the link itself has just proven who it is.
        membership = (
            Membership.unscoped.active().filter(user=self.user).select_related("user", "organization").first()
        )
        if membership is None:
            return redirect("accounts:login")
        actor = sessions.actor_for(membership, door=Door.WEB, request=self.request)
        try:
            with scope.scope(membership.organization):
                services.choose_password(actor=actor, user=membership.user, new=form.cleaned_data["new"])
        except CrmError as error:
            show_refusal(form, error)
            return self.form_invalid(form)
        self.request.session.pop(auth_views.INTERNAL_RESET_SESSION_TOKEN, None)
        return HttpResponseRedirect(str(self.success_url))


class PasswordChosen(auth_views.PasswordResetCompleteView):
    template_name = "registration/password_reset_complete.html"


@require_POST
@member()
def switch(request: MemberRequest) -> HttpResponse:
    """Work in another organization from now on."""
    wanted = request.POST.get("organization", "")
    membership = sessions.choose(request, int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    messages.success(request, f"You are in {membership.organization.name} now.")
    return redirect("home:today")
