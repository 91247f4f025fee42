"""Says in one line each whether what the house depends on works."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.work import doctor


class Command(BaseCommand):
    help = "Checks configuration and every dependency; exit code 1 if something needed is down."
    # It must be able to speak while something is wrong.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = doctor.examine()
        for line in lines:
            self.stdout.write(f"{line.finding.verdict:<5} {line.name:<14} {line.finding.text}")
        down = [line.name for line in lines if line.finding.verdict is doctor.Verdict.DOWN]
        if down:
            raise CommandError(f"Down: {', '.join(down)}.")
