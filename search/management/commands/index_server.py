"""`manage.py index_server`: the embedded search index, used when QDRANT_URL is not set."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search.server import running


class Command(BaseCommand):
    help = "Serves the embedded search index on loopback (one process per VAR_DIR), until SIGTERM."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.QDRANT_URL:
            raise CommandError("QDRANT_URL is set: that Qdrant server is the index.")
        try:
            running.serve(settings.INDEX_DIR)
        except running.AlreadyRunning as error:
            raise CommandError(str(error)) from None
