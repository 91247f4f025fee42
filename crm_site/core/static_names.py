"""Names of static files: hashed when they were collected, plain when they were not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # ships no types
    """Serves plain names where nothing was collected (tests, `manage.py runserver`), instead of failing every page.

    `manifest_strict = False` is not enough: Django then hashes the file in STATIC_ROOT, which is not there.
    """

    manifest_strict = False
    _collecting = False

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str | None, Any]]:
        """As Django's; here a missing file is a broken link in a style sheet, and stops the collecting."""
        self._collecting = True
        try:
            yield from super().post_process(*args, **kwargs)
        finally:
            self._collecting = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its hash; the plain one for a file that was not collected."""
        try:
            hashed: str = super().hashed_name(name, content, filename)
        except ValueError:
            if self._collecting:
                raise
            return name
        return hashed
