from django.apps import AppConfig

from crm_site.core import triggers
from search import text_triggers
from search import triggers as search_triggers


class SearchConfig(AppConfig):
    name = "search"
    label = "search"

    def ready(self) -> None:
        triggers.register(*search_triggers.TRIGGERS, *text_triggers.TRIGGERS)
