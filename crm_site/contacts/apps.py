from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "crm_site.contacts"
    label = "contacts"
