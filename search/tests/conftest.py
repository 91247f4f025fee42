"""A real index for the tests: our embedded one as a process of its own, or the Qdrant server of QDRANT_TEST_URL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings

from crm_site.accounts.models import Organization
from crm_site.core import spark
from search import embed, index, rebuilding, retrieve
from search.models import Target
from search.server import address
from search.tests import meanings
from search.tests.meanings import Meanings
from search.tests.settling import settle

_SERVE = "import sys; from pathlib import Path; from search.server import running; running.serve(Path(sys.argv[1]))"
ROOT = Path(__file__).resolve().parents[2]


class Process:
    """`index_server` over one folder, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", _SERVE, str(self.folder)], cwd=ROOT)
        deadline = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError("the index did not come up")
            time.sleep(0.02)

    def answers(self) -> bool:
        at = address.read(self.folder)
        try:
            return at is not None and httpx.get(f"{at.url}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """It is there and does not answer, until it is killed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=20)


@pytest.fixture(scope="session")
def shared_index() -> Iterator[Process]:
    # In VAR_DIR: ./deploy/test puts that into memory, and the engine waits for the disk often.
    with tempfile.TemporaryDirectory(dir=django_settings.VAR_DIR) as folder:
        process = Process(Path(folder) / "index")
        process.start()
        yield process
        process.kill()


KINDS = ["embedded", "server"] if os.environ.get("QDRANT_TEST_URL") else ["embedded"]


@pytest.fixture(params=KINDS)
def any_index(request: pytest.FixtureRequest, shared_index: Process, settings: Any) -> Iterator[None]:
    """Each kind of index in turn: ours, and the Qdrant server where one is given."""
    index.reset()
    settings.INDEX_DIR = shared_index.folder
    if request.param == "server":
        settings.QDRANT_URL = os.environ["QDRANT_TEST_URL"]
    yield
    index.reset()


@pytest.fixture
def own_index(settings: Any) -> Iterator[Process]:
    """An index of the test's own, for tests that kill it."""
    index.reset()
    with tempfile.TemporaryDirectory(dir=django_settings.VAR_DIR) as folder:
        process = Process(Path(folder) / "index")
        settings.INDEX_DIR = process.folder
        process.start()
        yield process
        process.kill()
    index.reset()


@pytest.fixture
def kept(shared_index: Process, settings: Any) -> Iterator[Process]:
    """An index to be kept in step by the test; what it made of collections is gone afterwards. Needs real commits."""
    index.reset()
    settings.INDEX_DIR = shared_index.folder
    yield shared_index
    for one in Target.objects.all():
        index.drop_collection(one.collection)
    index.reset()


@pytest.fixture
def collection(any_index: None) -> Iterator[str]:
    """An empty collection with dense vectors of 4 numbers."""
    name = f"t{uuid.uuid4().hex}"
    index.create_collection(name, dimension=4)
    yield name
    index.drop_collection(name)


@pytest.fixture(autouse=True)
def no_failure_remembered() -> Iterator[None]:
    retrieve.circuit.mended()
    yield
    retrieve.circuit.mended()


@pytest.fixture
def words(kept: Process, settings: Any, house: Organization) -> None:
    """An index that is up, without an embedding model."""
    settings.SPARK_CONTROL_URL = settings.CRM_EMBED_PATH = ""
    rebuilding.ensure_target()
    settle()


@pytest.fixture
def meaning(kept: Process, settings: Any, house: Organization) -> Iterator[Meanings]:
    """An index that is up, with an embedding server."""
    with meanings.server() as server:
        settings.SPARK_CONTROL_URL, settings.CRM_EMBED_MODEL = server.url, "meanings"
        spark.reset()
        embed.reset()
        rebuilding.ensure_target()
        settle()
        yield server
    spark.reset()
    embed.reset()
