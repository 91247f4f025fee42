"""The one address of the MCP server."""

from __future__ import annotations

from django.urls import path

from crm_site.mcp import views

app_name = "mcp"

urlpatterns = [path("mcp", views.endpoint, name="endpoint")]
