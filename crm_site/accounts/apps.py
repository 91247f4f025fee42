from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crm_site.accounts"
    label = "accounts"
