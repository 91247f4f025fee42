"""`./deploy/test`: every check of the project, on both engines. `.ci/run` calls exactly this.

Every section runs, whatever the one before it said, so that one run shows all there is to mend.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.launcher import environment, postgres

NOTHING_COLLECTED = 5
ENDED = re.compile(r"^── (\S+): (passed|FAILED) in ([\d.]+) s$", re.MULTILINE)
ROOM_IN_MEMORY = 2 * 1024**3
PYTHON_CODE = ("crm_site", "intake", "nlquery", "search", "deploy")


@dataclass
class Run:
    """One run: what was asked, and what each section said."""

    env: dict[str, str]
    pytest_arguments: list[str]
    quick: bool
    results: list[tuple[str, bool, float]] = field(default_factory=list)

    def tool(self, *command: str, **changes: str) -> bool:
        """Run a program of the virtual environment in the root of the project."""
        program = environment.VENV / "bin" / command[0]
        done = subprocess.run(
            [program, *command[1:]], cwd=environment.ROOT, env={**self.env, **changes}, check=False
        )
        return done.returncode == 0

    def pytest(self, *arguments: str, parallel: bool, **changes: str) -> bool:
        """Run a part of the suite. A part that collects nothing fails, unless a person narrowed it down."""
        command = [str(environment.VENV / "bin" / "pytest"), "-q", *arguments]
        command += ["-n", "2", "--dist", "worksteal"] if parallel else ["-p", "no:xdist"]
        done = subprocess.run(
            [*command, *self.pytest_arguments],
            cwd=environment.ROOT,
            env={**self.env, **changes},
            check=False,
        )
        if done.returncode == NOTHING_COLLECTED:
            return bool(self.pytest_arguments)
        return done.returncode == 0


def install(run: Run) -> bool:
    missing = _missing_packages()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**run.env, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *missing]):
            print("apt-get", *command, flush=True)
            subprocess.run(["apt-get", *command], env=quiet, check=False, stdout=subprocess.DEVNULL)
        missing = _missing_packages()
    if missing:
        print(f"Missing and not installed, because this is not root on Debian: {' '.join(missing)}")
    return not missing


def _missing_packages() -> list[str]:
    missing = []
    if postgres.binaries() is None:
        missing.append("postgresql")
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        missing += ["chromium", "fonts-dejavu-core"]
    if shutil.which("tesseract") is None:
        missing.append("tesseract-ocr")  # brings its English data along
    return missing


def existing(*names: str) -> list[str]:
    return [name for name in names if (environment.ROOT / name).exists()]


def format_(run: Run) -> bool:
    return run.tool("ruff", "format", "--check", "--quiet", "--diff", ".")


def lint(run: Run) -> bool:
    return run.tool("ruff", "check", "--no-cache", ".")


def types(run: Run) -> bool:
    return run.tool("mypy", *existing(*PYTHON_CODE))


def imports(run: Run) -> bool:
    return run.tool("lint-imports", "--no-cache")


def templates(run: Run) -> bool:
    return run.tool("djlint", "--quiet", "--lint", "templates")


def migrations(run: Run) -> bool:
    return run.tool("python", "manage.py", "makemigrations", "--check", "--dry-run")


def deploy_check(run: Run) -> bool:
    """Django's own list for a production site, with the settings a production site has."""
    command = ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    return run.tool(*command, BEHIND_TLS="1", ALLOWED_HOSTS="crm.example.com")


def openapi(run: Run) -> bool:
    schema = Path(run.env["VAR_DIR"]) / "schema.yaml"
    return run.tool(
        "python", "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(schema)
    )


def sqlite(run: Run) -> bool:
    return run.pytest(parallel=True)


def postgresql(run: Run) -> bool:
    with postgres.private_cluster() as url:
        return run.pytest(parallel=True, DATABASE_URL=url)


def browser(run: Run) -> bool:
    return run.pytest("-m", "browser", parallel=False)


def crash_sqlite(run: Run) -> bool:
    environment.ensure_synapse()
    return run.pytest("-m", "crash", parallel=False)


def crash_postgresql(run: Run) -> bool:
    environment.ensure_synapse()
    with postgres.private_cluster() as url:
        return run.pytest("-m", "crash", parallel=False, DATABASE_URL=url)


def matrix_sqlite(run: Run) -> bool:
    environment.ensure_synapse()
    return run.pytest("-m", "matrix", parallel=False)


def matrix_postgresql(run: Run) -> bool:
    environment.ensure_synapse()
    with postgres.private_cluster() as url:
        return run.pytest("-m", "matrix", parallel=False, DATABASE_URL=url)


SECTIONS: dict[str, tuple[str, Callable[[Run], bool]]] = {
    "install": ("What the tests need from the machine", install),
    "format": ("Format", format_),
    "lint": ("Lint", lint),
    "types": ("Types", types),
    "imports": ("Import rules", imports),
    "templates": ("Templates", templates),
    "migrations": ("Migrations are complete", migrations),
    "check": ("Django's deployment check", deploy_check),
    "openapi": ("API description", openapi),
    "sqlite": ("Tests on SQLite", sqlite),
    "postgres": ("Tests on PostgreSQL", postgresql),
    "browser": ("Browser tests in headless Chromium", browser),
    "crash-sqlite": ("Crash tests on SQLite", crash_sqlite),
    "crash-postgres": ("Crash tests on PostgreSQL", crash_postgresql),
    "matrix-sqlite": ("Matrix tests against Synapse, on SQLite", matrix_sqlite),
    "matrix-postgres": ("Matrix tests against Synapse, on PostgreSQL", matrix_postgresql),
}
NOT_QUICK = {
    "install",
    "postgres",
    "browser",
    "crash-sqlite",
    "crash-postgres",
    "matrix-sqlite",
    "matrix-postgres",
}
#: These wait more than they work: one engine after the other, but the lanes beside each other.
LANES = (("crash-sqlite", "crash-postgres"), ("matrix-sqlite", "matrix-postgres"))
# One word for both engines.
PAIRS = {name: (f"{name}-sqlite", f"{name}-postgres") for name in ("crash", "matrix")}


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="./deploy/test",
        description="Every check and the whole suite. Arguments it does not know go to pytest.",
        epilog=f"sections: {', '.join(SECTIONS)}; “crash” and “matrix” stand for both of theirs",
    )
    parser.add_argument("--quick", action="store_true", help="lint, types and the suite on SQLite only")
    parser.add_argument(
        "--only", action="append", default=[], metavar="SECTION", help="just this; repeatable"
    )
    known, rest = parser.parse_known_args(arguments)
    known.only = [name for word in known.only for name in PAIRS.get(word, (word,))]
    unknown = [name for name in known.only if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {unknown[0]}; there are: {', '.join(SECTIONS)}")
    return known, [argument for argument in rest if argument != "--"]


@contextmanager
def own_var_dir() -> Iterator[Path]:
    """A place for databases and files of this run alone; in memory where there is room, since tests write a lot."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    with tempfile.TemporaryDirectory(prefix="roundtable-test-", dir=memory if roomy else None) as name:
        yield Path(name)


def test_environment(var_dir: Path) -> dict[str, str]:
    """What the suite sees, whatever the machine's own environment or `.env` says."""
    return environment.child(
        VAR_DIR=str(var_dir),
        DATABASE_URL="",
        DEBUG="0",
        FAULT="",
        BEHIND_TLS="0",
        EMAIL_URL="",
        SPARK_CONTROL_URL="",
        CRM_VISION_MODEL="",
        MATRIX_HOMESERVER="",
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1],testserver",
        TIME_ZONE="UTC",
        DJANGO_SETTINGS_MODULE="crm_site.settings",
        **environment.throw_away_secrets(),
    )


def run_sections(run: Run, names: Sequence[str]) -> None:
    for name in names:
        title, section = SECTIONS[name]
        print(f"\n━━ {title} ({name})", flush=True)
        began = time.monotonic()
        try:
            passed = section(run)
        except environment.CannotStart as problem:
            print(problem)
            passed = False
        took_s = time.monotonic() - began
        run.results.append((name, passed, took_s))
        print(f"── {name}: {'passed' if passed else 'FAILED'} in {took_s:.1f} s", flush=True)


def run_all(run: Run, names: Sequence[str]) -> None:
    """The sections in their order, then what can run in lanes."""
    lanes = [chosen for lane in LANES if (chosen := [name for name in lane if name in names])]
    if len(lanes) < 2:
        run_sections(run, names)
        return
    run_sections(run, [name for name in names if not any(name in lane for lane in lanes)])
    run_lanes(run, lanes)


def run_lanes(run: Run, lanes: Sequence[Sequence[str]]) -> None:
    """Each lane is this very program with sections of its own; what it says is shown when it ends."""
    print(f"\n━━ Side by side: {'; '.join(', then '.join(lane) for lane in lanes)}", flush=True)
    running: list[tuple[Sequence[str], subprocess.Popen[str]]] = []
    try:
        with ExitStack() as files:
            for lane in lanes:
                said = files.enter_context(tempfile.TemporaryFile("w+"))
                only = [word for name in lane for word in ("--only", name)]
                command = [sys.executable, "-m", "deploy.launcher.test", *only, *run.pytest_arguments]
                process = subprocess.Popen(command, cwd=environment.ROOT, stdout=said, stderr=said, text=True)
                running.append((lane, process))
                files.callback(_show, run, lane, said)
            for _, process in running:
                process.wait()
    finally:
        for _, process in running:
            if process.poll() is None:
                process.terminate()
                process.wait()


def _show(run: Run, lane: Sequence[str], said: IO[str]) -> None:
    said.seek(0)
    text = said.read().partition("\n━━ Summary")[0]
    print(text, flush=True)
    told = {name: (word == "passed", float(took)) for name, word, took in ENDED.findall(text)}
    # A lane that died before it could say so has failed.
    run.results += [(name, *told.get(name, (False, 0.0))) for name in lane]


def summarise(run: Run, took_s: float) -> int:
    failed = [name for name, passed, _ in run.results if not passed]
    print("\n━━ Summary")
    for name, passed, section_s in run.results:
        print(f"{'ok    ' if passed else 'FAILED'} {name:<15}{section_s:>7.1f} s")
    print(f"Took {took_s:.0f} s." + (f" Failed: {', '.join(failed)}." if failed else ""))
    print(f"Sections: {len(run.results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    asked, for_pytest = parse(arguments)
    environment.stop_in_order()
    began = time.monotonic()
    environment.ensure(environment.DEVELOPMENT)
    (environment.ROOT / "var" / "cache").mkdir(parents=True, exist_ok=True)
    names = asked.only or [name for name in SECTIONS if not (asked.quick and name in NOT_QUICK)]
    with own_var_dir() as var_dir:
        run = Run(env=test_environment(var_dir), pytest_arguments=for_pytest, quick=asked.quick)
        run_all(run, names)
    return summarise(run, time.monotonic() - began)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
