"""Every write to organizations, members, passwords, API keys and Matrix identities."""

from crm_site.accounts.services.identities import IdentityTaken, link_matrix_identity, unlink_matrix_identity
from crm_site.accounts.services.keys import (
    KeyRevoked,
    NewApiKey,
    create_api_key,
    note_key_use,
    revoke_api_key,
)
from crm_site.accounts.services.members import (
    AlreadyMember,
    LastOwner,
    NewMember,
    add_member,
    change_role,
    deactivate_member,
    edit_profile,
    reactivate_member,
)
from crm_site.accounts.services.organizations import create_organization, edit_organization
from crm_site.accounts.services.passwords import (
    BelongsElsewhere,
    change_password,
    choose_password,
    issue_password,
)

__all__ = [
    "AlreadyMember",
    "BelongsElsewhere",
    "IdentityTaken",
    "KeyRevoked",
    "LastOwner",
    "NewApiKey",
    "NewMember",
    "add_member",
    "change_password",
    "change_role",
    "choose_password",
    "create_api_key",
    "create_organization",
    "deactivate_member",
    "edit_organization",
    "edit_profile",
    "issue_password",
    "link_matrix_identity",
    "note_key_use",
    "reactivate_member",
    "revoke_api_key",
    "unlink_matrix_identity",
]
