"""`manage.py ask "question"`: an answer on the command line, or only how the question is understood."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.accounts import sessions
from crm_site.accounts.models import Membership, Organization
from crm_site.core import text
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import CrmError
from crm_site.core.scope import scope
from nlquery import serializers, services, showing, understanding
from nlquery.answers import Envelope
from nlquery.understanding import Mode

WIDEST = 36


class Command(BaseCommand):
    help = "Answer a question about the CRM. --explain shows only how it is understood, and runs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")
        parser.add_argument("--user", default="", help="the member who asks, by e-mail (default: the system)")
        parser.add_argument("--mode", choices=[str(mode) for mode in Mode], default=str(Mode.AUTO))
        parser.add_argument("--explain", action="store_true", help="print how it is understood; run nothing")
        parser.add_argument(
            "--org", default="", help="slug of the organization (default: the user's, else the first)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        member = _member(options["user"], options["org"]) if options["user"] else None
        organization = member.organization if member else _organization(options["org"])
        question, mode = options["question"], Mode(options["mode"])
        with scope(organization):
            if options["explain"]:
                self._explain(question, mode)
                return
            actor = (
                sessions.actor_for(member, door=Door.SYSTEM)
                if member
                else Actor.system(organization_id=organization.pk, label="ask")
            )
            try:
                answers = services.ask(actor=actor, question=question, mode=mode)
            except CrmError as error:
                raise CommandError(error.message) from None
            self._tell(answers, as_json=options["json"])

    def _explain(self, question: str, mode: Mode) -> None:
        understood = understanding.understand(text.clean(question).strip()[: services.MAX_QUESTION], mode)
        if understood.model_down and understood.translations[0].intent is None:
            raise CommandError(services.MODEL_DOWN)
        for one in understood.translations:
            said = {
                "intent": one.intent,
                "slots": one.slots,
                "translator": one.translator,
                "confidence": one.confidence,
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _tell(self, answers: list[Envelope], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(serializers.as_json(answers), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n\n".join("\n".join(_lines(one)) for one in answers))
        if answers[0].status in ("error", "model_unavailable"):
            raise CommandError(answers[0].summary, returncode=1)


def _lines(answer: Envelope) -> Iterator[str]:
    yield answer.summary
    yield from (f"  {name}: {wrong}" for name, wrong in answer.errors.items())
    yield from (
        f"  {number}. {one.name} ({one.key})" for number, one in enumerate(answer.candidates, start=1)
    )
    yield from (f"  - {suggestion}" for suggestion in answer.suggestions)
    if answer.rows:
        yield ""
        yield from _table(answer)
    if answer.truncated:
        yield "More rows matched than are shown."


def _table(answer: Envelope) -> Iterator[str]:
    columns = answer.columns
    lines = [[column.label for column in columns]]
    lines += [[showing.plain(row, column, limit=WIDEST) for column in columns] for row in answer.rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        cells = [
            said.rjust(width) if showing.is_number(column) else said.ljust(width)
            for said, width, column in zip(line, widths, columns, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _organization(slug: str) -> Organization:
    rows = Organization.objects.order_by("id")
    found = (rows.filter(slug=slug) if slug else rows).first()
    if found is None:
        raise CommandError(f"There is no organization {slug}." if slug else "Run manage.py bootstrap first.")
    return found


def _member(email: str, slug: str) -> Membership:
    found = sessions.membership_by_email(email, slug=slug)
    if found is None:
        raise CommandError(f"No active member has the e-mail {email}.")
    return found
