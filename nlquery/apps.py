from django.apps import AppConfig


class NlqueryConfig(AppConfig):
    name = "nlquery"
    label = "nlquery"
