"""`manage.py unmerge ID`: takes a merge back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.accounts.models import Organization
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from crm_site.core.scope import scope
from crm_site.home.duplicates import reading
from crm_site.relations import services as relations
from crm_site.relations.models import Merge


class Command(BaseCommand):
    help = (
        "Makes two records of one again, with all that moved; the id is in the address of the merge's page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merge", type=int, metavar="ID", help="id of the merge")
        parser.add_argument("--org", default="", help="slug of the organization (default: the only one)")
        parser.add_argument("--dry-run", action="store_true", help="show what would come back; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = self._organization(options["org"])
        with scope(organization):
            merge = Merge.objects.filter(pk=options["merge"]).first()
            if merge is None:
                raise CommandError(f"{organization.name} has no merge {options['merge']}.")
            try:
                self._take_back(Actor.system(organization_id=organization.pk), merge, options["dry_run"])
            except CrmError as error:
                later = error.fields.get("merge")
                raise CommandError(f"{error.message}{f' Its id is {later}.' if later else ''}") from None

    def _take_back(self, actor: Actor, merge: Merge, dry_run: bool) -> None:
        row = reading.merges([merge])[0]
        self.stdout.write(f"{row.absorbed} was merged into {row.survivor} on {merge.merged_at:%Y-%m-%d}.")
        if dry_run:
            conflicts = relations.preview_unmerge(actor=actor, merge=merge)
        else:
            conflicts = relations.unmerge(actor=actor, merge=merge).conflicts
        moved = ", ".join(f"{number} {name}" for name, number in row.counts)
        self.stdout.write(f"{'Would come' if dry_run else 'Came'} back: {moved or 'the record alone'}.")
        for conflict in conflicts:
            self.stdout.write(f"Stays as it is: {conflict}.")
        self.stdout.write("Nothing was written." if dry_run else "The two will not be merged again.")

    def _organization(self, slug: str) -> Organization:
        found = Organization.objects.order_by("id")
        chosen = list(found.filter(slug=slug) if slug else found[:2])
        if len(chosen) == 1:
            return chosen[0]
        if slug or not chosen:
            raise CommandError(f"There is no organization “{slug}”.")
        raise CommandError("There are several organizations: name one with --org.")
