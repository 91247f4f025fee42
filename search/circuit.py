"""The index did not answer a moment ago: pages need not each wait for it again."""

from __future__ import annotations

import threading
import time

PAUSE_S = 5.0


class Circuit:
    """Remembers a failure for PAUSE_S, for this process. After that one caller at a time tries again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def may_try(self) -> bool:
        """Tell whether to ask. While it is broken, the one who may is counted as failing until `mended` is called."""
        with self._lock:
            if not self._until:
                return True
            now = time.monotonic()
            if now < self._until:
                return False
            self._until = now + PAUSE_S
            return True

    def broke(self) -> None:
        """It did not answer."""
        with self._lock:
            self._until = time.monotonic() + PAUSE_S

    def mended(self) -> None:
        """It answered."""
        with self._lock:
            self._until = 0.0
