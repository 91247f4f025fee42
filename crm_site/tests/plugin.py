"""Loads the shared fixtures (`crm_site/tests/fixtures.py`, `crm_site/tests/synapse/fixtures.py`) for every test folder.

pytest imports this before Django is set up (`-p` in pyproject.toml), so the fixtures, which need models, come one step later.
"""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("crm_site.tests.fixtures")
    config.pluginmanager.import_plugin("crm_site.tests.synapse.fixtures")
