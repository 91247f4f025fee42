from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "crm_site.api"
    label = "api"
