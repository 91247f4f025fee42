from django.apps import AppConfig


class InvestorsConfig(AppConfig):
    name = "crm_site.investors"
    label = "investors"
