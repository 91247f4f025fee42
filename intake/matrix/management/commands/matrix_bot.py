"""The Matrix bot: stores what the rooms say, has it decided, sends what the outbox holds.

Exit codes: 0 told to stop, or done · 1 failed (another bot is at work, no database, a check found something) · 77 the
homeserver refuses the log-in · 78 something must be configured first. After 77 and 78 starting again helps nothing.
"""

from __future__ import annotations

import getpass
import sys
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from crm_site.work.doctor import Verdict
from intake.matrix.bot import account, checking, once, running, setting_up


class Command(BaseCommand):
    help = "Runs the Matrix bot until SIGTERM. MATRIX_HOMESERVER and MATRIX_USER say which account it is."
    # They load every page of the site, which the bot has no use for; `up` and `migrate` run them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        way = parser.add_mutually_exclusive_group()
        way.add_argument(
            "--login", action="store_true", help="ask for the password once; keep token and device"
        )
        way.add_argument("--setup", action="store_true", help="make the two rooms and invite the members")
        way.add_argument(
            "--check", action="store_true", help="check account, rooms and members; exit 1 on a failure"
        )
        way.add_argument("--once", action="store_true", help="sync, finish what waits, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_sound = True
        main: running.Main = running.run
        if options["login"]:
            main = partial(self._log_in, self._password())
        elif options["setup"]:
            main = partial(setting_up.set_up, self.stdout.write)
        elif options["check"]:
            main = self._check
        elif options["once"]:
            main = once.once
        code = running.guarded(main)
        sys.exit(code if self.is_sound else running.Exit.FAILED)

    def _password(self) -> str:
        account_name = settings.MATRIX.user or "the bot"
        return settings.MATRIX.password or getpass.getpass(f"Password of {account_name}: ")

    async def _log_in(self, password: str) -> None:
        made = await account.log_in(account.configured(), password)
        self.stdout.write(f"Logged in as {made.user_id}, device {made.device_id}.")

    async def _check(self) -> None:
        for finding in await checking.check():
            self.stdout.write(f"{finding.verdict:<5} {finding.text}")
            self.is_sound = self.is_sound and finding.verdict is not Verdict.DOWN
