from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "crm_site.home"
    label = "home"
