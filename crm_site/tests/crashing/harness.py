"""Runs the house as real processes on the test's own database, kills parts of it, and looks at what is left.

Use it from a test marked `crash` with `django_db(transaction=True)`: what the test commits, the processes see.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from crm_site.work import cluster, members, supervisor

ROOT = Path(__file__).resolve().parents[3]
MARK = "CRASH_TEST_HOUSE"


class StillWaiting(AssertionError):
    """Something that should have happened by now has not."""


def wait_for(what: str, happened: Callable[[], object], *, timeout_s: float = 90.0) -> float:
    """Look until `happened()` is true; return how many seconds it took."""
    started = time.monotonic()
    while not happened():
        if time.monotonic() - started > timeout_s:
            raise StillWaiting(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - started


def database_url() -> str:
    """The test's own database, as a process of its own would be told of it."""
    chosen = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(chosen['NAME']).resolve()}"
    user = quote(chosen["USER"], safe="")
    password = f":{quote(chosen['PASSWORD'], safe='')}" if chosen["PASSWORD"] else ""
    port = f":{chosen['PORT']}" if chosen["PORT"] else ""
    host = quote(chosen["HOST"] or "", safe="")
    return f"postgres://{user}{password}@{host}{port}/{quote(chosen['NAME'], safe='')}"


class House:
    """`manage.py up` without the web, as a context manager; nothing of it outlives the block.

    fault: name of the fault point at which each process kills itself, see `core.faults`.
    command: "qcluster" runs one cluster alone, which is up sooner; what `up` tidies at its start is then done here.
    more: further variables of the environment.
    """

    def __init__(
        self,
        *arguments: str,
        fault: str = "",
        settings_module: str = "crm_site.tests.crashing.settings",
        command: str = "up",
        more: dict[str, str] | None = None,
    ) -> None:
        self.command = command
        self.mark = uuid.uuid4().hex
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "AUDIT_KEY": settings.AUDIT_KEY,
            "VAR_DIR": str(settings.VAR_DIR),
            "FAULT": fault,
            **(more or {}),
            MARK: self.mark,
        }
        house = ["--no-web", "--beat", "1", "--patience", "4", "--grace", "15"] if command == "up" else []
        self.argv = [sys.executable, str(ROOT / "manage.py"), command, *house, *arguments]
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> House:
        if self.command == "qcluster":
            supervisor.prepare([members.workers(cluster.FAST)])
        self.process = subprocess.Popen(
            self.argv, cwd=ROOT, env=self.environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def pids(self) -> set[int]:
        """Every living process of this house, orphans too: they carry its mark in their environment."""
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and self._is_ours(entry):
                found.add(int(entry.name))
        return found

    def _is_ours(self, entry: Path) -> bool:
        try:
            return f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def main_of(self, name: str) -> int:
        """The main process of a cluster; its only child is the sentinel."""
        if self.command == "qcluster":
            return self.pid
        for pid in children(self.pid):
            try:
                environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"Q_CLUSTER_NAME={name}".encode() in environment:
                return pid
        raise StillWaiting(f"no cluster {name}")

    def sentinel_of(self, name: str) -> int:
        return children(self.main_of(name))[0]

    def hands_of(self, name: str) -> list[int]:
        """The children of the sentinel in the order of their birth: workers, monitor, pusher."""
        return children(self.sentinel_of(name))

    def wait_until_up(self, *names: str) -> float:
        """Wait for the clusters to have all their processes."""
        return wait_for("clusters up", lambda: all(self._is_up(name) for name in names or ("fast", "llm")))

    def _is_up(self, name: str) -> bool:
        try:
            return len(self.hands_of(name)) >= 3
        except (StillWaiting, IndexError):
            return False

    def kill_the_supervisor(self) -> None:
        """Only the main process; all others must follow by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, *, timeout_s: float = 30.0) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=timeout_s)

    def kill(self) -> None:
        """kill -9 of all of it at once, as a power cut would."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        wait_for("all dead", lambda: not self.pids(), timeout_s=10)


def children(pid: int) -> list[int]:
    """Direct children, eldest first."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append((int(fields[19]), int(entry.name)))
    return [child for _, child in sorted(found)]
