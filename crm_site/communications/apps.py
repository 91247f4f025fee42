from django.apps import AppConfig


class CommunicationsConfig(AppConfig):
    name = "crm_site.communications"
    label = "communications"
