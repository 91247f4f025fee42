"""`manage.py send_digest`: this morning's digest, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.accounts.models import Organization
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.home.digest import gathering, posting, wording
from intake.matrix import condition


class Command(BaseCommand):
    help = "Posts today's digest to the rooms that want it, whatever the time; once a day and room."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", default="", help="slug of one organization (default: all)")
        parser.add_argument("--print", action="store_true", help="show it and post nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["print"] and not condition.is_configured():
            raise CommandError(
                "No Matrix bot is set up (MATRIX_HOMESERVER), so nothing can be posted; --print shows the digest."
            )
        for organization in self._organizations(options["org"]):
            with scope(organization), unit.atomic():
                found = gathering.gather()
                self.stdout.write(f"{organization.name}:")
                if not found:
                    self.stdout.write("Nothing to say today.")
                elif options["print"]:
                    self.stdout.write(wording.digest(found).plain)
                else:
                    self._post(Actor.system(organization_id=organization.pk), found)

    def _post(self, actor: Actor, found: gathering.Digest) -> None:
        rooms = list(posting.rooms())
        if not rooms:
            self.stdout.write("No room that the bot is in wants the digest: see Settings, Matrix rooms.")
        for room in rooms:
            post = posting.post_digest(actor=actor, room=room, found=found)
            self.stdout.write(f"Queued for {room}." if post else f"{room} has today's already.")

    def _organizations(self, slug: str) -> list[Organization]:
        found = Organization.objects.order_by("id")
        chosen = list(found.filter(slug=slug) if slug else found)
        if slug and not chosen:
            raise CommandError(f"There is no organization “{slug}”.")
        return chosen
