"""Where the embedded index listens, and the token that opens it: one small file that only its owner may read."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "address.json"


@dataclass(frozen=True, slots=True)
class Address:
    """url: on loopback. token: goes into the `api-key` header."""

    url: str
    token: str


def read(folder: Path) -> Address | None:
    """The address of the index of this folder; None while it has never run."""
    try:
        return Address(**json.loads((folder / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write(folder: Path, address: Address) -> None:
    """Replace the file in one step: a reader sees the old address or the new one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder)  # mkstemp gives 0600
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(address), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, folder / NAME)
