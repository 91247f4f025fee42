"""Shapes of what the settings pages take in. Meaning is checked by the services."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm

from crm_site.accounts.models import Membership, User
from crm_site.accounts.permissions import IN_WORDS
from crm_site.accounts.roles import Role

PASSWORD_HINT = "At least ten characters; a short sentence works well."


def _password(label: str, *, autocomplete: str, hint: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, help_text=hint)


class LoginForm(AuthenticationForm):
    """E-mail and password. A member of no organization gets the same answer as a wrong password."""

    error_messages = {
        "invalid_login": "E-mail and password do not fit. Check both; capital letters count in the password.",
        "inactive": "E-mail and password do not fit. Check both; capital letters count in the password.",
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        box = self.fields["username"]
        box.label = "E-mail"
        box.widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254})
        self.fields["password"].max_length = 200  # type: ignore[attr-defined]  # a CharField

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        # Unscoped: before the log-in there is no organization yet.
        if not Membership.unscoped.active().filter(user_id=user.pk).exists():
            raise self.get_invalid_login_error()


class ResetForm(PasswordResetForm):
    """Sends the link to members only; a bot has no password to reset."""

    def get_users(self, email: str) -> list[User]:
        people = Membership.unscoped.active().exclude(role=Role.BOT).filter(user__email__iexact=email.strip())
        return list(
            {membership.user_id: membership.user for membership in people.select_related("user")}.values()
        )


class NewPasswordForm(forms.Form):
    """A new password, once: there is a button to show it, and a mistyped one is reset in a minute."""

    new = _password("New password", autocomplete="new-password", hint=PASSWORD_HINT)


class ChangePasswordForm(forms.Form):
    current = _password("Present password", autocomplete="current-password")
    new = _password("New password", autocomplete="new-password", hint=PASSWORD_HINT)


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class OrganizationForm(forms.Form):
    name = forms.CharField(max_length=120)
    time_zone = forms.ChoiceField(help_text="Days begin and end by this clock.")
    currency = forms.CharField(
        max_length=3,
        help_text="Totals are in this currency; new funds start with it. Three letters, such as USD.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in zones]  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    name = forms.CharField(
        max_length=120, required=False, help_text="Not needed for somebody with an account here."
    )
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(initial=Role.ASSOCIATE)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    """A key: what it is for, whom it acts as, and how far it reaches."""

    name = forms.CharField(max_length=80, help_text="What uses it, for example “Mail gateway”.")
    membership = forms.TypedChoiceField(label="Acts as", coerce=int)
    expires_on = forms.DateField(
        label="Ends on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    scopes = forms.MultipleChoiceField(
        label="Limited to",
        required=False,
        help_text="None chosen: everything that the member may do, except to write without approval. For an assistant (MCP)"
        " that logs without asking, choose that, and each right it then needs: to read, to log, to edit reminders and contacts.",
    )

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts_as: Any = self.fields["membership"]
        acts_as.choices = [(one.pk, f"{one.user.name} · {one.get_role_display()}") for one in members]
        limits: Any = self.fields["scopes"]
        limits.choices = [(verb.value, words[:1].upper() + words[1:]) for verb, words in IN_WORDS.items()]


class IdentityForm(forms.Form):
    mxid = forms.CharField(label="Matrix id", max_length=255, help_text="For example @ada:example.com.")
    membership = forms.TypedChoiceField(label="Member", coerce=int)

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box: Any = self.fields["membership"]
        box.choices = [(one.pk, f"{one.user.name} · {one.get_role_display()}") for one in members]
