"""`./deploy/bench`: how fast it is, at several sizes on both engines. Prints a table and writes `var/bench.json`.

Not a test: figures depend on the machine. Compare two runs of one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.launcher import environment, postgres

ENGINES = ("sqlite", "postgres")
SIZES = "1000,10000,50000"
CHUNKS = "20000,100000"
COLUMNS = (
    ("case", "case", 32),
    ("p50_ms", "p50 ms", 9),
    ("p95_ms", "p95 ms", 9),
    ("cpu_ms", "CPU ms", 9),
    ("database_cpu_ms", "DB CPU", 9),
    ("per_second", "per s", 9),
    ("queries", "queries", 9),
    ("peak_rss_mb", "peak MB", 9),
    ("loop_ms", "loop ms", 9),
)
LEFT = frozenset({"case", "mode"})
Columns = Sequence[tuple[str, str, int]]
SEARCH_COLUMNS = (
    ("case", "case", 36),
    ("chunks", "chunks", 9),
    ("p50_ms", "p50 ms", 10),
    ("p95_ms", "p95 ms", 10),
    ("per_second", "per s", 9),
    ("value", "value", 9),
    ("limit", "limit", 9),
    ("met", "met", 6),
)
QUALITY_COLUMNS = (
    ("mode", "mode", 12),
    ("queries", "queries", 9),
    ("ndcg_at_10", "nDCG@10", 10),
    ("recall_at_100", "recall@100", 12),
    ("mrr_at_10", "MRR@10", 9),
    ("p50_ms", "p50 ms", 9),
)
MATRIX_COLUMNS = (
    ("case", "case", 24),
    ("p50_ms", "p50 ms", 9),
    ("p95_ms", "p95 ms", 9),
    ("cpu_ms", "bot CPU", 9),
    ("cpu_percent", "CPU %", 9),
    ("rss_mb", "RSS MB", 9),
)


@dataclass(frozen=True)
class InOne:
    """A benchmark whose cases are measured by one process, which prints them as one JSON list. investors: by default."""

    title: str
    investors: int
    columns: Columns


#: From this environment rather than empty, when quality is measured: the dense leg is whatever is served.
OF_THE_MODEL = (
    "SPARK_CONTROL_URL",
    "CRM_EMBED_MODEL",
    "CRM_EMBED_PATH",
    "SPARK_ALLOW_REMOTE",
    "SPARK_CONTROL_VERIFY_TLS",
)
IN_ONE = {
    "ask": InOne("Asking", 10_000, COLUMNS),
    "duplicates": InOne("Duplicates", 100, SEARCH_COLUMNS),  # it invents fifty thousand of its own
    "matrix": InOne("Matrix bot", 1_000, MATRIX_COLUMNS),
    "search": InOne("Search", 500, SEARCH_COLUMNS),
}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./deploy/bench", description="Measure Roundtable on this machine.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("core", *IN_ONE),
        default="core",
        help="core: pages and services at several sizes; ask: every intent, the grammar, a chart; matrix: the bot on a"
        " local Synapse; search: the index, its sync and duplicates; duplicates: those alone, and how"
        " right the rules are",
    )
    parser.add_argument(
        "--chunks", default=CHUNKS, help=f"search: how many, comma between (default {CHUNKS})"
    )
    parser.add_argument(
        "--quality",
        type=Path,
        metavar="DIR",
        help="search: how well it finds, by corpus.jsonl, queries.jsonl and qrels.tsv; dense by SPARK_CONTROL_URL",
    )
    parser.add_argument("--investors", type=int, help="in the CRM: 10000 for ask, 1000 for matrix")
    parser.add_argument("--sizes", default=SIZES, help=f"investors, comma between (default {SIZES})")
    parser.add_argument("--engines", default=",".join(ENGINES), help="sqlite,postgres")
    parser.add_argument("--cases", default="", help="parts of names, semicolon between; all when left out")
    parser.add_argument("--output", type=Path, help="var/bench.json, or var/bench-<what>.json")
    asked = parser.parse_args(arguments)
    for name in ("sizes", "chunks"):
        if not re.fullmatch(r"\d+(,\d+)*", getattr(asked, name)):
            parser.error(f"--{name} {getattr(asked, name)}: whole numbers with commas between")
    if asked.quality and (asked.what != "search" or not asked.quality.is_dir()):
        parser.error("--quality: ./deploy/bench search --quality DIR, and DIR must be a folder")
    asked.engines = asked.engines.split(",")
    if not set(asked.engines) <= set(ENGINES):
        parser.error(f"--engines: choose from {', '.join(ENGINES)}")
    asked.sizes = [int(size) for size in asked.sizes.split(",")]
    asked.investors = asked.investors or (IN_ONE[asked.what].investors if asked.what in IN_ONE else 0)
    name = "bench.json" if asked.what == "core" else f"bench-{asked.what}.json"
    name = "bench-search-quality.json" if asked.quality else name
    asked.output = asked.output or environment.ROOT / "var" / name
    return asked


def names_of_cases(wanted: str) -> list[str]:
    """From the source, so that this process needs no Django: every `@case("name"` in cases.py."""
    source = (environment.ROOT / "deploy" / "benchmarks" / "cases.py").read_text()
    known = re.findall(r'^@case\("([^"]+)"', source, flags=re.MULTILINE)
    asked = [part.strip() for part in wanted.split(";") if part.strip()]
    unknown = [part for part in asked if not any(part in name for name in known)]
    if unknown:
        raise environment.CannotStart(f"No case {unknown[0]}; there are: {'; '.join(known)}")
    return [name for name in known if not asked or any(part in name for part in asked)]


@contextmanager
def database(engine: str) -> Iterator[dict[str, str]]:
    """The environment of a new, empty database; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="roundtable-bench-") as name:
        env = environment.child(
            VAR_DIR=name,
            DATABASE_URL="",
            DEBUG="0",
            FAULT="",
            BEHIND_TLS="0",
            SPARK_CONTROL_URL="",
            CRM_EMBED_MODEL="",
            CRM_EMBED_PATH="",
            QDRANT_URL="",
            ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
            DJANGO_SETTINGS_MODULE="crm_site.settings",
            **environment.throw_away_secrets(),
        )
        if engine == "sqlite":
            yield env
            return
        with postgres.private_cluster(postgres.FOR_BENCH) as url:
            yield {**env, "DATABASE_URL": url}


def fill(env: dict[str, str], investors: int) -> float:
    """Migrate and load the demo raise; returns the seconds that loading took."""
    environment.manage("migrate", "--no-input", "--verbosity", "0", env=env)
    environment.manage("bootstrap", "--email", "bench@roundtable.example", env=env, quiet=True)
    began = time.monotonic()
    environment.manage("seed_demo", "--investors", str(investors), env=env, quiet=True)
    return time.monotonic() - began


def run_case(env: dict[str, str], name: str) -> dict[str, Any]:
    done = subprocess.run(
        [environment.PYTHON, "-m", "deploy.benchmarks", name],
        cwd=environment.ROOT,
        env=env,
        text=True,
        check=False,
        capture_output=True,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"case": name, "error": last}
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def row(figures: dict[str, Any], columns: Columns = COLUMNS) -> str:
    if "error" in figures:
        return f"{figures['case']:<24} failed: {figures['error']}"
    if "skipped" in figures:
        return f"{figures['case']:<24} skipped: {figures['skipped']}"
    cells = [
        f"{figures[key]:<{width}}" if key in LEFT else f"{_shown(figures[key]):>{width}}"
        for key, _, width in columns
    ]
    return "".join(cells)


def heading(columns: Columns = COLUMNS) -> str:
    return "".join(
        f"{title:<{width}}" if key in LEFT else f"{title:>{width}}" for key, title, width in columns
    )


def _shown(figure: object) -> object:
    return "" if figure is None else figure


def bench(engine: str, investors: int, names: Sequence[str]) -> dict[str, Any]:
    with database(engine) as env:
        loaded_s = fill(env, investors)
        print(f"\n{engine}, {investors:,} investors (loaded in {loaded_s:.0f} s)", flush=True)
        print(heading())
        results = []
        for name in names:
            results.append(run_case(env, name))
            print(row(results[-1]), flush=True)
    return {"engine": engine, "investors": investors, "loaded_s": round(loaded_s, 1), "cases": results}


def bench_in_one(what: str, engine: str, investors: int, *arguments: str) -> dict[str, Any]:
    """On a database of its own, without a model. What the processes say goes to the terminal, the figures come back."""
    kind = IN_ONE[what]
    with database(engine) as env:
        fill(env, investors)
        print(f"\n{kind.title} on {engine}, {investors:,} investors, no model", flush=True)
        results = _in_a_process(env, what, *arguments)
        show(results, kind.columns)
    return {"engine": engine, "investors": investors, "cases": results}


def bench_quality(engine: str, folder: Path) -> dict[str, Any]:
    """How well a collection with judgements is found again, on an empty database, with the model of this environment."""
    with database(engine) as env:
        env |= {name: os.environ[name] for name in OF_THE_MODEL if name in os.environ}
        environment.manage("migrate", "--no-input", "--verbosity", "0", env=env)
        print(f"\nQuality of search on {engine}, {folder}", flush=True)
        results = _in_a_process(env, "search_quality", str(folder.resolve()))
        show(results, QUALITY_COLUMNS)
    return {"engine": engine, "folder": str(folder), "cases": results}


def _in_a_process(env: dict[str, str], what: str, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [environment.PYTHON, "-m", "deploy.benchmarks", what, *arguments],
        cwd=environment.ROOT,
        env=env,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
    )
    if done.returncode != 0:
        return [{"case": what, "error": "see above"}]
    results: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return results


def show(results: Sequence[dict[str, Any]], columns: Columns) -> None:
    print(heading(columns))
    for figures in results:
        print(row(figures, columns), flush=True)


def main(arguments: Sequence[str]) -> int:
    asked = parse(arguments)
    environment.stop_in_order()
    environment.ensure(environment.DEVELOPMENT)
    began_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    if asked.what == "matrix":
        environment.ensure_synapse()
    if asked.quality:
        runs = [bench_quality(engine, asked.quality) for engine in asked.engines]
    elif asked.what in IN_ONE:
        more = asked.chunks.split(",") if asked.what == "search" else []
        runs = [bench_in_one(asked.what, engine, asked.investors, *more) for engine in asked.engines]
    else:
        names = names_of_cases(asked.cases)
        runs = [bench(engine, size, names) for engine in asked.engines for size in asked.sizes]
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps({"at": began_at, "machine": machine, "runs": runs}, indent=2) + "\n")
    print(f"\nWrote {asked.output}")
    return int(any("error" in figures for run in runs for figures in run["cases"]))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
