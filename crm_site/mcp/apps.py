from django.apps import AppConfig


class McpConfig(AppConfig):
    name = "crm_site.mcp"
