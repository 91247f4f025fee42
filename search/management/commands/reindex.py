"""`manage.py reindex`: brings the index up to date, builds it anew, or proves that it says what the database says."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.core.errors import CrmError
from search import driving, rebuilding, reconciling
from search.driving import Step
from search.models import Target
from search.reconciling import Drift

BAR = 30
#: Without a terminal: a line each so many seconds.
LINE_EVERY_S = 5.0
MOST_NAMED = 50
#: Of `--check` when it could not be checked; 1 says that something differs.
COULD_NOT = 2


class Command(BaseCommand):
    help = (
        "Brings the search index up to date now. --recreate builds a new one beside it and swaps it in: searches go on "
        "meanwhile, and calling it again after an interruption goes on. --check compares it with the database and exits "
        "with 1 when they differ, 2 when it cannot tell."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--recreate", action="store_true", help="build a new index and swap it in")
        what.add_argument("--check", action="store_true", help="compare index and database; changes nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self.drawn_s = 0.0
        self.began_s = time.monotonic()
        act = self._check if options["check"] else self._recreate if options["recreate"] else self._update
        try:
            act()
        except CrmError as error:
            raise CommandError(error.message, returncode=COULD_NOT if options["check"] else 1) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. Nothing is lost: call it again, or leave it to the workers."
            ) from None

    def _update(self) -> None:
        target = rebuilding.ensure_target()
        going = rebuilding.building()
        if going is not None:
            self.stdout.write("There is no index yet." if target == going else "A rebuild is under way.")
            target = self._drive(going)
        done = driving.bring_up_to_date()
        self.stdout.write(f"{done} records brought up to date." if done else "Nothing was waiting.")
        self._conclude(target)

    def _recreate(self) -> None:
        going = rebuilding.building()
        if going is not None:
            self.stdout.write(
                f"A rebuild is under way already ({going.get_stage_display()}): going on with it."
            )
        self._conclude(self._drive(going or rebuilding.start()))

    def _drive(self, target: Target) -> Target:
        built = driving.rebuild(target, self._show)
        if self.drawn_s and self.stdout.isatty():
            self.stdout.write("")
        self.stdout.write(f"The new index is searched now ({time.monotonic() - self.began_s:.0f} s).")
        return built

    def _conclude(self, target: Target) -> None:
        for reason in rebuilding.outdated(target):
            self.stdout.write(f"Changed since it was built: {reason}. Run manage.py reindex --recreate.")
        self.stdout.write(f"Dense vectors: {target.embedder or 'none, words only'}.")
        failing = driving.failing()
        for one in failing:
            self.stdout.write(f"  {one.key} (organization {one.organization_id}): {one.why}")
        if failing:
            raise CommandError(
                f"{len(failing)} records could not be read; they are tried again by themselves."
            )

    def _check(self) -> None:
        target = rebuilding.live()
        if target is None:
            raise CommandError("There is no index yet: run manage.py reindex.", returncode=COULD_NOT)
        found = reconciling.drift(target)
        if found:
            # What a worker wrote while we compared looks like a difference once, not twice.
            again = set(reconciling.drift(target))
            found = [one for one in found if one in again]
        for reason in rebuilding.outdated(target):
            self.stdout.write(f"Changed since it was built: {reason}.")
        self._name(found)
        if found:
            raise CommandError(
                f"Index and database differ: {reconciling.summary(found)}. Run manage.py reindex --recreate."
            )
        self.stdout.write("Index and database agree.")

    def _name(self, found: list[Drift]) -> None:
        for one in found[:MOST_NAMED]:
            self.stdout.write(f"  {one.why:<10} {one.key} (organization {one.organization_id})")
        if len(found) > MOST_NAMED:
            self.stdout.write(f"  and {len(found) - MOST_NAMED} more")

    def _show(self, step: Step) -> None:
        share = step.done / step.total if step.total else 0.0
        took_s = time.monotonic() - self.began_s
        said = f"{share:4.0%}  {step.done} of {step.total} records, {took_s:.0f} s. {step.target.get_stage_display()}"
        said += f": {step.waits}" if step.waits else ""
        if self.stdout.isatty():
            full = round(BAR * share)
            self.stdout.write(f"\r\x1b[K[{'#' * full}{'.' * (BAR - full)}] {said}", ending="")
            self.stdout.flush()
        elif took_s - self.drawn_s >= LINE_EVERY_S or not self.drawn_s:
            self.stdout.write(said)
        else:
            return
        self.drawn_s = took_s
