"""Who does something, by which door, and with which rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Door(StrEnum):
    """The way a change came in. Stored in the audit log: never rename a value."""

    WEB = "web"
    API = "api"
    MATRIX = "matrix"
    MCP = "mcp"
    ADMIN = "admin"
    IMPORT = "import"
    SYSTEM = "system"


SYSTEM_ROLE = "system"


@dataclass(frozen=True)
class Actor:
    """The member (or the system) behind a call, inside one organization.

    user_id is None for the system. role: a `Role` value, or "system". scopes: the verbs an API key is limited to;
    None means all that the role allows. captured_via: how the content was captured, for example `matrix_intake`.
    """

    organization_id: int
    role: str
    door: Door
    user_id: int | None = None
    label: str = ""
    request_id: str = ""
    captured_via: str = ""
    scopes: frozenset[str] | None = None

    @classmethod
    def system(cls, *, organization_id: int, door: Door = Door.SYSTEM, label: str = "Roundtable") -> Actor:
        """The house itself: schedules, bootstrap, demo data."""
        return cls(organization_id=organization_id, role=SYSTEM_ROLE, door=door, label=label)

    @property
    def is_system(self) -> bool:
        return self.role == SYSTEM_ROLE

    def via(self, captured_via: str) -> Actor:
        """The same actor, with a note on how the content was captured."""
        return replace(self, captured_via=captured_via)
