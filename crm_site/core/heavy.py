"""Modules that are loaded when they are first used.

A few libraries take a second and a hundred megabytes to import. Every process of the house loads every app, and most never
draw a chart or ask the index; so what stands on such a library is named here first and imported at its first use.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType


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
    spec.loader = importlib.util.LazyLoader(spec.loader)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    if parent:
        # As an ordinary import would: `from search import index` must find the same module.
        setattr(sys.modules[parent], child, made)
    spec.loader.exec_module(made)
    return made
