"""Where the way in and the settings live."""

from __future__ import annotations

from django.urls import path

from crm_site.accounts.views import entering, keys, people, profile

app_name = "accounts"
urlpatterns = [
    path("login/", entering.LogIn.as_view(), name="login"),
    path("logout/", entering.LogOut.as_view(), name="logout"),
    path("password-reset/", entering.AskForReset.as_view(), name="password_reset"),
    path("password-reset/sent/", entering.ResetAsked.as_view(), name="password_reset_done"),
    path("password-reset/<uidb64>/<token>/", entering.ChooseByLink.as_view(), name="password_reset_confirm"),
    path("password-reset/done/", entering.PasswordChosen.as_view(), name="password_reset_complete"),
    path("settings/", profile.profile, name="settings"),
    path("settings/password/", profile.password, name="password"),
    path("settings/switch/", entering.switch, name="switch"),
    path("settings/organization/", profile.organization, name="organization"),
    path("settings/members/", people.members, name="members"),
    path("settings/members/add/", people.member_add, name="member_add"),
    path("settings/members/<int:pk>/role/", people.member_role, name="member_role"),
    path("settings/members/<int:pk>/state/", people.member_state, name="member_state"),
    path("settings/members/<int:pk>/password/", people.member_password, name="member_password"),
    path("settings/matrix/", people.identities, name="identities"),
    path("settings/matrix/<int:pk>/unlink/", people.identity_unlink, name="identity_unlink"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/add/", keys.key_add, name="key_add"),
    path("settings/keys/<int:pk>/revoke/", keys.key_revoke, name="key_revoke"),
]
