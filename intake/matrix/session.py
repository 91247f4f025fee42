"""The bot's log-in: token and device, from the settings or from the file that `matrix_bot --login` wrote."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Session:
    """Token and device belong together: what was sent is told apart by device. device_id: empty when not known yet."""

    homeserver: str
    user_id: str
    device_id: str
    access_token: str = field(repr=False)


def path() -> Path:
    """Where the log-in is stored."""
    return Path(settings.VAR_DIR) / "matrix" / "session.json"


def load() -> Session | None:
    """The log-in to use: that of the settings if they name a token, else the stored one of the same account."""
    matrix = settings.MATRIX
    if matrix.access_token:
        return Session(matrix.homeserver, matrix.user, matrix.device_id, matrix.access_token)
    stored = _stored()
    if stored is None or (stored.homeserver, stored.user_id) != (matrix.homeserver, matrix.user):
        return None
    return stored


def store(session: Session) -> None:
    """Write it down, readable by nobody else, and never half."""
    folder = path().parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes the file with mode 0600.
    handle, name = tempfile.mkstemp(dir=folder, prefix=".session-")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(session.__dict__, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _stored() -> Session | None:
    try:
        found = json.loads(path().read_text())
        parts = [found[name] for name in ("homeserver", "user_id", "device_id", "access_token")]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Session(*parts) if all(isinstance(part, str) for part in parts) else None
