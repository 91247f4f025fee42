"""`manage.py seed_demo`: a believable raise, invented from a seed."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.accounts.models import Organization
from crm_site.core import scope
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import CrmError
from crm_site.home.demo import seeding

MOST = 200_000


def _count(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= MOST:
        raise ArgumentTypeError(f"{word}: a whole number from 1 to {MOST:,}")
    return int(word)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ArgumentTypeError(f"{word}: a date as YYYY-MM-DD") from None


class Command(BaseCommand):
    help = "Fills an organization with invented investors, people and two years of communications."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--investors", type=_count, default=400, help="how many (default 400)")
        parser.add_argument(
            "--seed", type=int, default=1, help="same seed and same day, same data (default 1)"
        )
        parser.add_argument(
            "--org", default="", help="slug of the organization; needed only where there are several"
        )
        parser.add_argument(
            "--today", type=_day, default=None, help="the day on which the story ends (default: today)"
        )
        parser.add_argument("--append", action="store_true", help="also where there are investors already")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = self._organization(options["org"])
        actor = Actor.system(organization_id=organization.pk, door=Door.IMPORT, label="Demo data")
        wish = seeding.Wish(
            investors=options["investors"],
            seed=options["seed"],
            today=options["today"],
            append=options["append"],
        )
        began = time.monotonic()
        with scope.scope(organization):
            try:
                counts = seeding.seed(actor=actor, wish=wish, say=self.stdout.write)
            except CrmError as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{counts['investors']:,} investors, {counts['contacts']:,} contacts, {counts['communications']:,} communications, "
            f"{counts['opportunities']:,} opportunities, {counts['reminders']:,} reminders in {time.monotonic() - began:.0f} s."
        )

    def _organization(self, slug: str) -> Organization:
        found = Organization.objects.order_by("id")
        if slug:
            chosen = found.filter(slug=slug).first()
            if chosen is None:
                raise CommandError(f"There is no organization “{slug}”.")
            return chosen
        if found.count() > 1:
            slugs = ", ".join(found.values_list("slug", flat=True)[:10])
            raise CommandError(f"There are several organizations: name one with --org ({slugs}).")
        first = found.first()
        if first is None:
            raise CommandError("There is no organization yet: run bootstrap first.")
        return first
