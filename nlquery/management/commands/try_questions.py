"""`manage.py try_questions FILE`: how well questions are understood, and each that is not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.accounts.models import Organization
from crm_site.core import clock, spark
from crm_site.core.scope import scope
from nlquery import understanding
from nlquery.translate import Translation, trying
from nlquery.understanding import Mode


class Command(BaseCommand):
    help = "Translate a file of questions (JSON lines) and compare with what is expected. Runs no query."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--org", default="", help="slug of the organization (default: the first)")
        parser.add_argument("--mode", choices=[str(mode) for mode in Mode], default=str(Mode.FAST))
        parser.add_argument("--misses", action="store_true", help="print the misses only")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            trials = trying.read(Path(options["file"]).read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from None
        except trying.BadLine as error:
            raise CommandError(str(error)) from None
        with scope(_organization(options["org"])):
            report = trying.run(trials, _translator(Mode(options["mode"])), clock.today())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
            return
        self._tell(report, only_misses=options["misses"])

    def _tell(self, report: trying.Report, *, only_misses: bool) -> None:
        for trial, got in report.misses:
            self.stdout.write(f"✗ {trial.question}")
            self.stdout.write(f"    expected {_said(trial.intent, dict(trial.slots))}")
            self.stdout.write(f"    got      {_said(got.intent, got.slots)}  ({got.confidence:.2f})")
        if not only_misses:
            for name, score in [*sorted(report.classes.items()), ("all", report.total)]:
                self.stdout.write(f"{name}: {_figures(score)}")


def _translator(mode: Mode) -> Any:
    def translate(question: str) -> Translation:
        try:
            found = understanding.understand(question, mode).translations
        except spark.ModelUnavailable as error:
            raise CommandError("The model does not answer; try --mode fast.") from error
        return found[0]

    return translate


def _organization(slug: str) -> Organization:
    rows = Organization.objects.order_by("id")
    found = rows.filter(slug=slug).first() if slug else rows.first()
    if found is None:
        raise CommandError("There is no such organization; run bootstrap first, or name one with --org.")
    return found


def _said(intent: str | None, slots: dict[str, Any]) -> str:
    return f"{intent} {json.dumps(slots, ensure_ascii=False)}" if intent else "no_match"


def _figures(score: trying.Score) -> str:
    parts = []
    if score.matchable:
        parts.append(
            f"{score.matchable} questions, intent {score.intents / score.matchable:.1%}, intent and slots {score.complete / score.matchable:.1%}"
        )
    if score.others:
        parts.append(f"{score.others} that must not match, no_match {score.let_be / score.others:.1%}")
    return "; ".join(parts)
