"""Collections on disk: one folder each with a shard of the engine, and the names that stand for them.

The engine is safe to call from several threads; what changes the set of collections holds a lock. `optimize()` is never
called: it holds the interpreter for seconds (search.md 2b), and below 100,000 passages exact search takes 25 ms.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from search.server import wire

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class NoSuchCollection(LookupError):
    """Neither a collection nor an alias has this name."""


class Exists(ValueError):
    """A collection has this name already."""


class Shards:
    """All collections below one folder. Open in one process at a time (the caller holds the folder's lock)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._open: dict[str, edge.EdgeShard] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._aliases: dict[str, str] = self._read_aliases()
        for path in sorted(folder.iterdir()):
            if (path / "ready").is_file():
                self._open[path.name] = edge.EdgeShard.load(str(path / "shard"))
            elif path.is_dir():
                shutil.rmtree(path)  # a creation or removal that a crash cut off

    def names(self) -> list[str]:
        return sorted(self._open)

    def aliases(self) -> dict[str, str]:
        return dict(self._aliases)

    def get(self, name: str) -> edge.EdgeShard:
        """By its own name or an alias. Raises NoSuchCollection."""
        shard = self._open.get(self._aliases.get(name, name))
        if shard is None:
            raise NoSuchCollection(name)
        return shard

    def create(self, name: str, body: dict[str, Any]) -> None:
        """Make an empty collection. Raises Exists."""
        if not _NAME.fullmatch(name):
            raise wire.NotSupported("this name")
        with self._lock:
            if name in self._open or name in self._aliases:
                raise Exists(name)
            path = self.folder / name
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
            shard = edge.EdgeShard.create(str(path / "shard"), wire.shard_config(body))
            shard.flush()
            (path / "config.json").write_text(json.dumps(body))
            # Last: a folder without it is what a crash left behind.
            (path / "ready").touch()
            self._open[name] = shard

    def config(self, name: str) -> dict[str, Any]:
        """The body with which the collection was made. Raises NoSuchCollection."""
        self.get(name)
        found: dict[str, Any] = json.loads(
            (self.folder / self._aliases.get(name, name) / "config.json").read_text()
        )
        return found

    def drop(self, name: str) -> bool:
        """Remove a collection with its files. False when there is none."""
        with self._lock:
            shard = self._open.pop(name, None)
            if shard is None:
                return False
            (self.folder / name / "ready").unlink(missing_ok=True)
            shard.close()
            shutil.rmtree(self.folder / name, ignore_errors=True)
            self._write_aliases({alias: to for alias, to in self._aliases.items() if to != name})
            return True

    def change_aliases(self, actions: list[dict[str, Any]]) -> None:
        """All of the actions at once: a search in between sees the names before or after, never none."""
        with self._lock:
            changed = dict(self._aliases)
            for action in actions:
                if "delete_alias" in action:
                    changed.pop(action["delete_alias"]["alias_name"], None)
                elif "create_alias" in action:
                    wanted = action["create_alias"]
                    if wanted["collection_name"] not in self._open:
                        raise NoSuchCollection(wanted["collection_name"])
                    changed[wanted["alias_name"]] = wanted["collection_name"]
                else:
                    raise wire.NotSupported(f"alias action {sorted(action)[0]}")
            self._write_aliases(changed)

    def flush(self) -> None:
        for shard in list(self._open.values()):
            shard.flush()

    def close(self) -> None:
        """Flush and close everything; the object is of no use afterwards."""
        with self._lock:
            for shard in self._open.values():
                shard.flush()
                shard.close()
            self._open = {}

    def _read_aliases(self) -> dict[str, str]:
        path = self.folder / "aliases.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _write_aliases(self, aliases: dict[str, str]) -> None:
        path = self.folder / "aliases.json"
        fresh = path.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump(aliases, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        self._aliases = aliases
