"""What is heavy is loaded at its first use, and not before."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crm_site.core import heavy

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "fastembed",
    "onnxruntime",
    "qdrant_client",
    "qdrant_edge",
    "altair",
    "vl_convert",
    "dateparser",
    "mcp",
    "starlette",
    "pydantic",
)


def test_a_process_that_never_searches_or_draws_loads_none_of_it() -> None:
    program = (
        "import django, sys; django.setup(); import crm_site.urls; "
        f"print([name for name in {HEAVY!r} if name in sys.modules and 'Lazy' not in type(sys.modules[name]).__name__])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_module_is_the_one_that_everybody_else_imports() -> None:
    lazy = heavy.module("wave")
    assert sys.modules["wave"] is lazy
    assert lazy.open is not None


def test_a_module_that_is_not_there_is_an_error_at_once() -> None:
    with pytest.raises(ModuleNotFoundError):
        heavy.module("crm_site.nowhere")


def test_threads_that_look_at_the_same_moment_all_see_the_whole_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_load.py").write_text(
        "import time\nbegun = True\ntime.sleep(0.2)\nimport slow_to_load\nhalf = slow_to_load.begun\ndone = 'all'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    lazy = heavy.module("slow_to_load")
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: lazy.done, range(8)))
    del sys.modules["slow_to_load"]
    assert seen == ["all"] * 8 and lazy.half


def test_a_module_that_could_not_be_loaded_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "fails_at_first.py"
    source.write_text("import sys\nif not hasattr(sys, 'ready'): raise OSError('not yet')\nvalue = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    lazy = heavy.module("fails_at_first")
    with pytest.raises(OSError, match="not yet"):
        _ = lazy.value
    monkeypatch.setattr(sys, "ready", True, raising=False)
    assert lazy.value == 7
    del sys.modules["fails_at_first"]
