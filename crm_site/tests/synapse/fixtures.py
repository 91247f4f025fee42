"""The homeserver of the Matrix tests, known to every test without an import: one Synapse for the whole run.

Light on purpose, every run of pytest loads it: what needs the Matrix client is in `journeys.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from crm_site.tests.synapse.homeserver import Homeserver


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Homeserver]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="synapse-", dir=settings.VAR_DIR) as folder,
        Homeserver(Path(folder)) as server,
    ):
        yield server
