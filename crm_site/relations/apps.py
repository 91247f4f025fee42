from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "crm_site.relations"
    label = "relations"
