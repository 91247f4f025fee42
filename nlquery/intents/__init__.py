"""All that can be asked, a file per topic. Importing this registers it."""

from __future__ import annotations

from nlquery.intents import investors

__all__ = ["investors"]
