"""The virtual environment, the secrets and the child processes' environment."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "deploy" / "requirements-dev.txt"
SYNAPSE = ROOT / "deploy" / "requirements-synapse.txt"
SYNAPSE_VENV = ROOT / "var" / "synapse-venv"
SECRET_NAMES = ("SECRET_KEY", "AUDIT_KEY")


class CannotStart(SystemExit):
    """Ends the command with a sentence for the person at the keyboard."""


def ensure(requirements: Path) -> None:
    """Make `.venv` hold exactly what `requirements` locks; a stamp makes the second time free.

    Raises CannotStart when the packages cannot be installed.
    """
    _ensure(VENV, requirements, locks=(RUNTIME, DEVELOPMENT))


def ensure_synapse() -> None:
    """Make `var/synapse-venv` hold the homeserver of the Matrix tests. Raises CannotStart.

    An environment of its own: Synapse is a test tool under another licence and brings its own versions of everything.
    """
    _ensure(SYNAPSE_VENV, SYNAPSE, locks=(SYNAPSE,))


def _ensure(folder: Path, requirements: Path, *, locks: tuple[Path, ...]) -> None:
    with _only_one_at_a_time():
        stamp = folder / f".installed-{requirements.stem}"
        wanted = _fingerprint(folder, locks)
        if (folder / "bin" / "python").exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        if not _works(folder):
            print(f"Making the virtual environment in {folder.relative_to(ROOT)} …", flush=True)
            venv.create(folder, with_pip=True, clear=True, symlinks=True)
        print(f"Installing {requirements.relative_to(ROOT)} …", flush=True)
        _install(folder, requirements)
        stamp.write_text(wanted)


def _works(folder: Path) -> bool:
    """A virtual environment breaks when its folder is moved or its Python goes away; then it is made anew.

    Asked of the script, not of the module: its first line holds the path that a move makes wrong.
    """
    try:
        return (
            subprocess.run([folder / "bin" / "pip", "--version"], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def _fingerprint(folder: Path, locks: tuple[Path, ...]) -> str:
    """Of all lock files that share the environment, of the Python, and of the place."""
    place = f"{sys.version} {folder.parent}".encode()
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + place).hexdigest()


def _install(folder: Path, requirements: Path) -> None:
    # --no-deps: the lock names everything, so nothing that is not locked and hashed can come along.
    # --no-compile: Python compiles what is imported, when it is; the rest never needs it.
    options = ["-qq", "--no-deps", "--no-compile", "--require-hashes"]
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode != 0:
        raise CannotStart("The packages could not be installed; pip's message is above. Nothing was started.")


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Two starts at once must not install into one environment together."""
    with RUNTIME.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure_secrets(var_dir: Path) -> None:
    """Write `secret.env` once, readable by its owner alone. The keys outlive every upgrade: without AUDIT_KEY
    the audit chain cannot be verified any more."""
    var_dir.mkdir(parents=True, exist_ok=True)
    path = var_dir / "secret.env"
    if path.exists():
        return
    lines = [f"{name}={secrets.token_urlsafe(48)}\n" for name in SECRET_NAMES]
    partial = var_dir / f".secret.env.{os.getpid()}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write("".join(lines))
        handle.flush()
        os.fsync(handle.fileno())
    with suppress(FileExistsError):
        os.link(partial, path)  # never over an existing file, also when two starts race
    partial.unlink()


def child(**changes: str) -> dict[str, str]:
    """The environment for a child process: ours, with `changes`, and the virtual environment first on PATH."""
    base = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    path = os.pathsep.join([str(VENV / "bin"), base.get("PATH", os.defpath)])
    return {**base, "PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUNBUFFERED": "1", **changes}


def throw_away_secrets() -> dict[str, str]:
    """Keys for a database that is thrown away afterwards."""
    return {name: secrets.token_urlsafe(48) for name in SECRET_NAMES}


def manage(*arguments: str, env: dict[str, str], quiet: bool = False) -> str:
    """Run a management command to its end and return what it printed. Raises CannotStart when it fails."""
    done = subprocess.run(
        [PYTHON, ROOT / "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        raise CannotStart(f"{done.stdout}\n“manage.py {arguments[0]}” failed; nothing was started.")
    if not quiet and done.stdout.strip():
        print(done.stdout.rstrip(), flush=True)
    return done.stdout


def stop_in_order() -> None:
    """Let TERM unwind like Ctrl-C, so that what was started is stopped and what was made is removed."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
