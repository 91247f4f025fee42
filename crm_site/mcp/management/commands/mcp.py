"""`manage.py mcp --as EMAIL`: the MCP server on stdin and stdout, for a client on this machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.core.errors import CrmError
from crm_site.mcp import callers, stdio


class Command(BaseCommand):
    help = (
        "Speaks MCP on standard input and output as one member. Logs go to stderr; writes become proposals."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="email", required=True, help="the member to act as, by e-mail")
        parser.add_argument(
            "--org", default="", help="slug of the organization (default: the member's first)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = callers.by_email(options["email"], slug=options["org"])
        except CrmError as error:
            raise CommandError(error.message) from None
        stdio.serve(email=options["email"], slug=found.membership.organization.slug)
