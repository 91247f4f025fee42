"""A real browser on the pages under test: headless Chromium, driven by Playwright, on loopback only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from crm_site.accounts.models import Membership
from crm_site.tests import cast

# Background networking off: the machine's closed network would refuse it connection by connection.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TIMEOUT_MS = 20_000


def chromium() -> str:
    """The browser's path. `deploy/test` installs it where it is missing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("There is no Chromium: run ./deploy/test as root once, or install it.")


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium for the time of the block."""
    # Playwright's own loop runs in this thread, and Django would refuse the ORM beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, headless=True)
            try:
                yield started
            finally:
                started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visit:
    """One member's window. problems: what a person would see as broken (script errors, refused content, 5xx)."""

    def __init__(
        self, opened: Browser, address: str, *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> None:
        self.address = address
        self.problems: list[str] = []
        context = opened.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(TIMEOUT_MS)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("console", lambda line: self._console(line.type, line.text))
        self.page.on("response", lambda answer: self._answer(answer.status, answer.url))

    def log_in(self, member: Membership) -> None:
        """As a person does: by the form."""
        self.go("/login/")
        self.page.get_by_label("E-mail").fill(member.user.email)
        self.page.get_by_label("Password").fill(cast.PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.address + path)

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than the window."""
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and "422" not in text:
            self.problems.append(f"console: {text}")

    def _answer(self, status: int, url: str) -> None:
        if status >= 500:
            self.problems.append(f"{status}: {url}")
