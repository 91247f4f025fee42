"""`./deploy/run`: from a fresh checkout to a running Roundtable, and the same again in seconds."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.launcher import environment, journey

MANAGE = environment.ROOT / "manage.py"
STATIC = environment.ROOT / "static"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./deploy/run", description="Start Roundtable on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served (default 8000)")
    parser.add_argument("--no-demo", action="store_true", help="start empty instead of with a demo raise")
    parser.add_argument(
        "--check",
        action="store_true",
        help="start everything on a free port with a database of its own, take one sentence to a record, stop",
    )
    asked = parser.parse_args(arguments)
    if not 1 <= asked.port <= 65535:
        parser.error(f"{asked.port} is not a port; choose one in 1..65535")
    return asked


def var_dir() -> Path:
    """Where this installation keeps its data: VAR_DIR from the environment or from `.env`, as env.py reads it."""
    chosen = os.environ.get("VAR_DIR", "")
    settings = environment.ROOT / ".env"
    if not chosen and settings.exists():
        for line in settings.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.removeprefix("export ").strip() == "VAR_DIR":
                chosen = value.strip().strip("'\"")
    return (environment.ROOT / chosen if chosen else environment.ROOT / "var").resolve()


def prepare(env: dict[str, str], *, demo: bool) -> None:
    """Bring database and static files up to date. Every step is safe to repeat, so an interrupted start heals itself."""
    home = Path(env["VAR_DIR"])
    first_run, set_up = home / "first-run", home / "set-up"
    if not set_up.exists() and is_new(env):
        first_run.touch()
    environment.manage("migrate", "--no-input", "--verbosity", "0", env=env)
    if not set_up.exists():
        environment.manage("bootstrap", env=env)
    if first_run.exists():
        if demo:
            print("Writing two years of demo data …", flush=True)
            environment.manage("seed_demo", env=env)
        first_run.unlink()
    set_up.touch()
    collect_static(env)


def is_new(env: dict[str, str]) -> bool:
    """Whether the database is still empty: demo data must never get into a firm's own records."""
    plan = environment.manage("showmigrations", "accounts", "--list", env=env, quiet=True)
    return "[X]" not in plan


def collect_static(env: dict[str, str]) -> None:
    stamp = Path(env["VAR_DIR"]) / "static" / ".collected"
    wanted = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    environment.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0", env=env)
    stamp.write_text(wanted)


def _static_fingerprint() -> str:
    seen = hashlib.sha256(environment.RUNTIME.read_bytes())
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            seen.update(
                f"{path.relative_to(STATIC)} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode()
            )
    return seen.hexdigest()


def main(arguments: Sequence[str]) -> int:
    asked = parse(arguments)
    environment.ensure(environment.RUNTIME)
    if asked.check:
        environment.stop_in_order()
        return journey.check()
    if not environment.is_free(asked.port):
        raise environment.CannotStart(
            f"Port {asked.port} is taken, perhaps by a Roundtable that runs already. "
            f"Choose another: ./deploy/run --port {asked.port + 1}"
        )
    home = var_dir()
    environment.ensure_secrets(home)
    env = environment.child(VAR_DIR=str(home))
    prepare(env, demo=not asked.no_demo)
    print(f"Roundtable: http://127.0.0.1:{asked.port}/ (Ctrl-C stops it)", flush=True)
    # The supervisor takes our place, so that Ctrl-C and a service manager's TERM reach it directly.
    os.chdir(environment.ROOT)
    os.execve(
        environment.PYTHON, [str(environment.PYTHON), str(MANAGE), "up", "--port", str(asked.port)], env
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
