"""Asking, as an application: it brings the intents."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NlqueryConfig(AppConfig):
    name = "nlquery"
    label = "nlquery"

    def ready(self) -> None:
        """Fill the registry: from here on the catalogue is complete."""
        import_module("nlquery.intents")
