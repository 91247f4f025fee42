"""The house on the test's own database, with the test's own index. Only for processes that chaos tests start."""

from __future__ import annotations

import os
from pathlib import Path

from crm_site.settings import *  # noqa: F403

INDEX_DIR = Path(os.environ["CHAOS_INDEX"])
