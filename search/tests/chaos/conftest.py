"""A town for each test, and one nursery for them all."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from crm_site.accounts.roles import Role
from crm_site.core import scope, spark
from crm_site.tests import cast
from search import index, rebuilding, sync
from search.tests.chaos import hands, sabotage, writing
from search.tests.chaos.harness import Nursery, Town

Say = Callable[[str], None]


@pytest.fixture(scope="session")
def chaos_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=django_settings.VAR_DIR, prefix="chaos") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def nursery(chaos_folder: Path, django_db_setup: None) -> Iterator[Nursery]:
    made = Nursery(chaos_folder / "index")
    yield made
    made.close()


@pytest.fixture
def town(nursery: Nursery, chaos_folder: Path, transactional_db: None, settings: Any) -> Iterator[Town]:
    """Two organizations with the same rows, an index that knows them, and no hands yet but two syncs."""
    index.reset()
    settings.INDEX_DIR = chaos_folder / "index"
    actors = []
    for name in ("Harbor House", "Elsewhere Capital"):
        organization = cast.make_organization(name)
        owner = cast.make_member(organization, Role.OWNER)
        with scope.scope(organization):
            actors.append(cast.actor_of(owner))
            writing.populate(actors[-1])
    made = Town(nursery, chaos_folder / "index", actors)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("BUSY_S", hands.BUSY_S), ("RETRY_BASE_S", 0.1), ("RETRY_MOST_S", 0.4)):
            patch.setattr(sync, name, value)
        patch.setattr(spark, "OPEN_FOR_S", 0.2)
        try:
            made.hire(sync=2)
            nursery.warm(rebuilding.ensure_target().avg_len)
            made.settle()
            yield made
        finally:
            sabotage.apply("")
            made.close()
    shutil.rmtree(chaos_folder / "index")
    index.reset()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print a measurement past pytest's capture."""

    def line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {connection.vendor}: {text}")

    return line
