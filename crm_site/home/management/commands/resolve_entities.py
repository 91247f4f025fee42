"""`manage.py resolve_entities`: find duplicates, merge the certain ones, queue the rest."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.accounts.models import Organization
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.home.duplicates import resolving
from search.entities.choices import Kind

MOST_SAID = 20


class Command(BaseCommand):
    help = "Merges investors and contacts that are certainly the same, and queues those that may be, for /duplicates/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", default="", help="slug of one organization (default: all)")
        parser.add_argument("--fuzzy", action="store_true", help="ask the local model about the queued pairs")
        parser.add_argument(
            "--apply",
            action="store_true",
            help="with --fuzzy: merge what the model recommends, where more than the names agrees",
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would be done")
        parser.add_argument(
            "--limit",
            type=int,
            default=resolving.MOST_ASKED,
            help=f"pairs of each kind the model is asked about (default {resolving.MOST_ASKED})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["apply"] and not options["fuzzy"]:
            raise CommandError("--apply is for what the model recommends: it needs --fuzzy.")
        if options["limit"] < 0:
            raise CommandError("--limit cannot be negative.")
        for organization in self._organizations(options["org"]):
            self.stdout.write(f"{organization.name}:")
            with scope(organization):
                report = resolving.resolve(
                    actor=Actor.system(organization_id=organization.pk, label="Duplicates"),
                    fuzzy=options["fuzzy"],
                    apply=options["apply"],
                    dry_run=options["dry_run"],
                    limit=options["limit"],
                    say=self._say,
                )
            for done in report.kinds:
                self._tell(done)

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")

    def _tell(self, done: resolving.OfKind) -> None:
        name = Kind(done.kind).label
        if done.outcome is None:
            asked = f"; the model would be asked about {done.to_ask}" if done.to_ask else ""
            self._say(f"{name}: {done.would_merge} would be merged{asked}. Nothing was written.")
            return
        found = done.outcome
        self._say(
            f"{name}: {found.records:,} looked through, {done.merged} merged by rule,"
            f" {found.likely} likely pairs wait, {found.vetoed} look alike and are kept apart by a rule."
        )
        if found.left_out:
            self._say(f"{found.left_out:,} less likely pairs were left out.")
        if found.too_common:
            self._say(f"{found.too_common} names or numbers are too common to compare all who share them.")
        self._tell_of_the_model(done)
        for line in done.skipped[:MOST_SAID]:
            self._say(f"Not merged: {line}")
        if len(done.skipped) > MOST_SAID:
            self._say(f"… and {len(done.skipped) - MOST_SAID} more.")

    def _tell_of_the_model(self, done: resolving.OfKind) -> None:
        advised = done.advised
        if advised is None:
            return
        self._say(
            f"The model was asked about {advised.asked} pairs: {advised.same} the same, {advised.different} different,"
            f" {advised.unsure} unsure, {advised.unusable} without a usable answer;"
            f" {advised.known} answers still held. Merged on its advice: {done.merged_by_model}."
        )
        if advised.left:
            self._say(
                f"{advised.left} pairs were not asked about{': ' + advised.why if advised.why else ''}."
            )

    def _organizations(self, slug: str) -> list[Organization]:
        found = Organization.objects.order_by("id")
        chosen = list(found.filter(slug=slug) if slug else found)
        if slug and not chosen:
            raise CommandError(f"There is no organization “{slug}”.")
        return chosen
