"""The house with an index folder of the test's own. Only for processes that tests start."""

from __future__ import annotations

import os
from pathlib import Path

from crm_site.settings import *  # noqa: F403

INDEX_DIR = Path(os.environ["ROUNDTABLE_INDEX_DIR"])
QDRANT_URL = ""
