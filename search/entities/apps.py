from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    name = "search.entities"
    label = "entities"
