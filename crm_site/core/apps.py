from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "crm_site.core"
    label = "core"
