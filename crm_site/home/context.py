"""What every page's navigation shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The member's rights, for showing or leaving out links. Rights are enforced by the services, not here."""
    return {}
