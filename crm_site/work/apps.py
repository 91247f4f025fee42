from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    name = "crm_site.work"
    label = "work"
    verbose_name = "Background work"

    def ready(self) -> None:
        from crm_site.work import schedules

        # Every app's tasks.py registers its kinds of work, its schedules and its checks by being imported.
        autodiscover_modules("tasks")
        checks.register(schedules.check_schedules)
