"""What is heavy is loaded at its first use, and not before."""

from __future__ import annotations

import subprocess
import sys
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
)


def test_a_process_that_never_searches_or_draws_loads_none_of_it() -> None:
    program = (
        "import django, sys; django.setup(); "
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
