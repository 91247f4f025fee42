"""Modules that are loaded when they are first used.

A few libraries take a second and a hundred megabytes to import. Every process of the house loads every app, and most never
draw a chart or ask the index; so what stands on such a library is named here first and imported at its first use.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class _LazyModule(ModuleType):
    """A module that is not loaded yet. The first look at it loads it; looks from other threads meanwhile wait.

    `importlib.util.LazyLoader` does not make them wait: of two requests that come at once, one would see half a module.
    """

    def __getattribute__(self, name: str) -> Any:
        own = ModuleType.__getattribute__(self, "__dict__")
        state: _State | None = own.get("__lazy__")
        # None: another thread has finished loading between the look at the class and here.
        if state is not None:
            with state.lock:
                if "__lazy__" in own and not state.loading:
                    _load(self, own["__spec__"], state)
        return ModuleType.__getattribute__(self, name)


class _State:
    """loading: by the thread that holds the lock, whose own looks at the module must pass."""

    __slots__ = ("loading", "lock")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.loading = False


def _load(made: ModuleType, spec: ModuleSpec, state: _State) -> None:
    state.loading = True
    try:
        assert spec.loader is not None
        spec.loader.exec_module(made)
        made.__class__ = ModuleType
        del made.__dict__["__lazy__"]
    finally:
        state.loading = False


def module(name: str) -> ModuleType:
    """The module of that name, imported already or at the first look at one of its attributes.

    Use it beside the plain import, so that types are still checked:

        if TYPE_CHECKING:
            from search import index
        else:
            index = heavy.module("search.index")
    """
    known = sys.modules.get(name)
    if known is not None:
        return known
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    made = importlib.util.module_from_spec(spec)
    made.__dict__["__lazy__"] = _State()
    made.__class__ = _LazyModule
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    if parent:
        # As an ordinary import would: `from search import index` must find the same module.
        setattr(sys.modules[parent], child, made)
    return made
