from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "crm_site.accounts"
    label = "accounts"
    default = True


class HouseAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with a site that lets nothing in that would write past the services."""

    default = False
    default_site = "crm_site.accounts.admin_site.HouseAdminSite"
