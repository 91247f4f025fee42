"""A private PostgreSQL for tests and benchmarks: its own folder, its own port on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.launcher.environment import CannotStart, free_port

START_WITHIN_S = 60
STOP_WITHIN_S = 30
# Thrown away afterwards, so nothing has to survive a power cut.
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
# A benchmark pays for its commits like a real server.
FOR_BENCH = ("shared_buffers=512MB", "max_connections=60", "max_wal_size=4GB")


def binaries() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parents[1].name)
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def private_cluster(settings: Sequence[str] = FOR_TESTS) -> Iterator[str]:
    """Start a new cluster and yield its DATABASE_URL; stop and remove it at the end.

    PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
    Raises CannotStart when there is no server to start.
    """
    folder = binaries()
    if folder is None:
        raise CannotStart("PostgreSQL is not installed. On Debian or Ubuntu: apt install postgresql")
    home = Path(tempfile.mkdtemp(prefix="roundtable-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        who = _server_user()
        if who:
            shutil.chown(home, who)
        _initialise(folder, home, who)
        port = free_port()
        server = _start(folder, home, who, port, settings)
        _wait(folder, port, server, home)
        yield f"postgres://roundtable:roundtable@127.0.0.1:{port}/roundtable"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(home, ignore_errors=True)


def _server_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise CannotStart("PostgreSQL does not run as root, and there is no user “postgres”.") from None


def _environment() -> dict[str, str]:
    """Without a locale of its own and without the caller's PG* variables, every machine sorts alike."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _initialise(folder: Path, home: Path, who: str | None) -> None:
    secret = home / "password"
    secret.write_text("roundtable")
    if who:
        shutil.chown(secret, who)
    command = [
        str(folder / "initdb"),
        f"--pgdata={home / 'data'}",
        "--username=postgres",
        f"--pwfile={secret}",
    ]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
    done = subprocess.run(
        command, user=who, cwd=home, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotStart(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(
    folder: Path, home: Path, who: str | None, port: int, settings: Sequence[str]
) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [folder / "postgres", "-D", home / "data"]
    if shutil.which("setpriv"):
        # It goes when we go, also when we are killed and can stop nothing any more.
        command = ["setpriv", "--pdeathsig", "INT", *command]
    for setting in (
        f"port={port}",
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={home}",
        *settings,
    ):
        command += ["-c", setting]
    with (home / "server.log").open("wb") as log:
        # In a group of its own: Ctrl-C reaches us, and we stop it in order.
        return subprocess.Popen(
            command, user=who, cwd=home, env=_environment(), stdout=log, stderr=log, process_group=0
        )


def _wait(folder: Path, port: int, server: subprocess.Popen[bytes], home: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    target = ["--host=127.0.0.1", f"--port={port}", "--username=postgres"]
    while time.monotonic() < until and server.poll() is None:
        asked = subprocess.run([folder / "pg_isready", "--quiet", *target], check=False)
        if asked.returncode == 0 and _make_database(folder, target):
            return
        time.sleep(0.1)
    raise CannotStart(f"PostgreSQL did not start:\n{(home / 'server.log').read_text()[-2000:]}")


def _make_database(folder: Path, target: Sequence[str]) -> bool:
    """The application's role may make test databases and nothing more: a superuser would pass every wall unseen."""
    sql = (
        "CREATE ROLE roundtable LOGIN CREATEDB PASSWORD 'roundtable'",
        "CREATE DATABASE roundtable OWNER roundtable",
    )
    commands = [argument for statement in sql for argument in ("-c", statement)]
    done = subprocess.run(
        [folder / "psql", *target, "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=postgres", *commands],
        env={**_environment(), "PGPASSWORD": "roundtable"},
        check=False,
    )
    return done.returncode == 0


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)  # “fast”: ends sessions, then shuts down
    try:
        server.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_WITHIN_S)
