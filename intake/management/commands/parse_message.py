"""`manage.py parse_message`: what intake would propose; writes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.core import scope as scopes
from crm_site.core import spark
from crm_site.core.scope import scope
from intake import preview
from intake.parser import score
from intake.pipeline import reading


class Command(BaseCommand):
    help = "Show what intake would propose for a message, or score a file of messages. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="?", default="", help="the message")
        parser.add_argument("--json", action="store_true", help="print the parsed message as JSON")
        parser.add_argument("--at", default="", help="when it was sent, ISO 8601 (default: now)")
        parser.add_argument("--parser", choices=["model", "grammar"], default=None)
        parser.add_argument("--org", default="", help="slug of the organization (default: the first)")
        parser.add_argument("--file", default="", help="score a JSON-lines file of messages, field by field")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            self._score(Path(options["file"]))
            return
        if not options["text"].strip():
            raise CommandError("Give a message in quotes, or --file.")
        with scope(organization(options["org"])):
            try:
                found = reading.read(
                    options["text"], sent_at=_instant(options["at"]), parser=options["parser"]
                )
            except spark.ModelUnavailable as error:
                raise CommandError(str(error)) from None
            if options["json"]:
                self.stdout.write(json.dumps(whole(found), ensure_ascii=False, indent=2))
                return
            self._tell(found)

    def _tell(self, found: reading.Reading) -> None:
        self.stdout.write(f"{found.intent} (read by {found.parser}, {found.duration_ms} ms)")
        for number, draft in enumerate(found.drafts, start=1):
            shown = preview.of_draft(draft)
            self.stdout.write(f"Proposal {number}:")
            for line in shown.lines:
                old = f"   (was {line.old})" if line.old and line.old != line.new else ""
                self.stdout.write(f"  {line.label}: {line.new}{old}")
            for note in [*draft.notes, *([shown.problem] if shown.problem else [])]:
                self.stdout.write(f"  ! {note}")

    def _score(self, path: Path) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        self.stdout.write(score.score(score.read_rows(path)).table())


def whole(found: reading.Reading) -> dict[str, Any]:
    """The contract's JSON: what was parsed and verified, before defaults are suggested."""
    return next(step.given for step in found.steps if step.name == "verify")


def organization(slug: str) -> Organization:
    """The organization of that slug, or the first one. Raises CommandError."""
    found = (
        Organization.objects.filter(slug=slug).first()
        if slug
        else Organization.objects.order_by("id").first()
    )
    if found is None:
        raise CommandError(f"There is no organization {slug}." if slug else "Run manage.py bootstrap first.")
    return found


def _instant(word: str) -> datetime:
    if not word:
        return timezone.now()
    try:
        instant = datetime.fromisoformat(word.replace("Z", "+00:00"))
    except ValueError:
        raise CommandError(f"--at: {word} is not an ISO time such as 2026-11-20T15:00.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=scopes.zone())
