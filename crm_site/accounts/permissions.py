"""Who may do what: one table, asked by every service, so that no door can forget it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Protocol

from crm_site.accounts.roles import Role
from crm_site.core.actor import Actor
from crm_site.core.errors import Forbidden, NotFound


class Verb(StrEnum):
    """One right. The values stand in API keys and audit entries: never rename one."""

    READ = "read"
    ASK = "query.ask"
    RECEIVE = "intake.receive"
    DECIDE = "intake.decide"
    LOG = "communication.log"
    EDIT_INVESTOR = "investor.edit"
    RETIRE_INVESTOR = "investor.retire"
    EDIT_CONTACT = "contact.edit"
    EDIT_REMINDER = "reminder.edit"
    EDIT_OPPORTUNITY = "opportunity.edit"
    MOVE_STAGE = "opportunity.move"
    MERGE = "record.merge"
    DELETE = "record.delete"
    RESTORE = "record.restore"
    EXPORT = "record.export"
    IMPORT = "record.import"
    READ_AUDIT = "audit.read"
    WRITE_DIRECT = "write:direct"
    MANAGE_FUNDS = "settings.funds"
    MANAGE_STAGES = "settings.stages"
    MANAGE_MEMBERS = "settings.members"
    MANAGE_KEYS = "settings.keys"
    MANAGE_SETTINGS = "settings.edit"
    RETRY_WORK = "system.retry"
    PURGE = "record.purge"


_VIEWER = frozenset({Verb.READ, Verb.ASK})
_BOT = _VIEWER | {Verb.RECEIVE}
_ASSOCIATE = _VIEWER | {
    Verb.RECEIVE,
    Verb.DECIDE,
    Verb.LOG,
    Verb.EDIT_INVESTOR,
    Verb.EDIT_CONTACT,
    Verb.EDIT_REMINDER,
    Verb.EDIT_OPPORTUNITY,
    Verb.DELETE,
    Verb.RESTORE,
    Verb.EXPORT,
    Verb.WRITE_DIRECT,
}
_PARTNER = _ASSOCIATE | {Verb.MOVE_STAGE, Verb.MERGE, Verb.RETIRE_INVESTOR, Verb.IMPORT, Verb.READ_AUDIT}
_ADMIN = _PARTNER | {
    Verb.MANAGE_FUNDS,
    Verb.MANAGE_STAGES,
    Verb.MANAGE_MEMBERS,
    Verb.MANAGE_KEYS,
    Verb.MANAGE_SETTINGS,
    Verb.RETRY_WORK,
}
_OWNER = _ADMIN | {Verb.PURGE}

TABLE: dict[str, frozenset[Verb]] = {
    Role.VIEWER: _VIEWER,
    Role.BOT: _BOT,
    Role.ASSOCIATE: _ASSOCIATE,
    Role.PARTNER: _PARTNER,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _OWNER,
}

# What each right is called when somebody lacks it.
IN_WORDS: dict[Verb, str] = {
    Verb.READ: "read records",
    Verb.ASK: "ask questions",
    Verb.RECEIVE: "hand in messages",
    Verb.DECIDE: "decide on proposals",
    Verb.LOG: "log communications",
    Verb.EDIT_INVESTOR: "edit investors",
    Verb.RETIRE_INVESTOR: "retire or revive investors",
    Verb.EDIT_CONTACT: "edit contacts",
    Verb.EDIT_REMINDER: "edit reminders",
    Verb.EDIT_OPPORTUNITY: "edit opportunities",
    Verb.MOVE_STAGE: "move stages",
    Verb.MERGE: "merge records",
    Verb.DELETE: "delete records",
    Verb.RESTORE: "restore records",
    Verb.EXPORT: "export records",
    Verb.IMPORT: "import records",
    Verb.READ_AUDIT: "read the audit log",
    Verb.WRITE_DIRECT: "write without approval",
    Verb.MANAGE_FUNDS: "manage funds",
    Verb.MANAGE_STAGES: "manage stages",
    Verb.MANAGE_MEMBERS: "manage members",
    Verb.MANAGE_KEYS: "manage API keys",
    Verb.MANAGE_SETTINGS: "change settings",
    Verb.RETRY_WORK: "retry failed work",
    Verb.PURGE: "purge records",
}


class Owned(Protocol):
    """A row of one organization."""

    organization_id: Any


class NotAllowed(Forbidden):
    """The role (or the key's scopes) does not include the right. `fields["verbs"]`: those that lack."""

    code = "not_allowed"


def may(actor: Actor, verb: Verb) -> bool:
    """Tell whether the actor has the right, by role and, for a key with scopes, by scope too."""
    if actor.is_system:
        return True
    if actor.scopes is not None and verb not in actor.scopes:
        return False
    return verb in TABLE.get(actor.role, frozenset())


def require(actor: Actor, *verbs: Verb, on: Iterable[Owned | None] = ()) -> None:
    """Let the call pass only with every right, and only on rows of the actor's own organization.

    Raises NotAllowed, naming what lacks and which roles have it; NotFound for a row of another organization, because
    even "it exists" would tell too much.
    """
    if any(row is not None and row.organization_id != actor.organization_id for row in on):
        raise NotFound("There is no such record.")
    lacking = [verb for verb in verbs if not may(actor, verb)]
    if not lacking:
        return
    words = " and ".join(IN_WORDS[verb] for verb in lacking)
    who = " or ".join(Role(role).label.lower() for role in roles_with(lacking))
    raise NotAllowed(
        f"Your role may not {words}. Ask a member who is {who}.", fields={"verbs": list(lacking)}
    )


def roles_with(verbs: Iterable[Verb]) -> list[str]:
    """The roles that have all these rights, weakest first."""
    wanted = set(verbs)
    return [role for role in Role.values if wanted <= TABLE[role]]
