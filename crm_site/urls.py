"""Where each address leads."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("crm_site.work.urls")),
    path("", include("crm_site.home.urls")),
    path("duplicates/", include("crm_site.home.duplicates.urls")),
    path("", include("crm_site.home.communication_urls")),
    path("", include("crm_site.home.contact_urls")),
    path("", include("crm_site.home.investor_urls")),
    path("admin/", admin.site.urls),
    path("", include("crm_site.accounts.urls")),
    path("settings/stages/", include("crm_site.home.stage_urls")),
    path("settings/matrix/rooms/", include("crm_site.home.room_urls")),
    path("api/", include("crm_site.api.urls")),
    path("", include("crm_site.mcp.urls")),
    path("", include("intake.urls")),
    path("", include("nlquery.urls")),
    path("", include("search.urls")),
]

# One error shape below /api/, our pages everywhere else.
handler400 = "crm_site.api.errors.bad_request"
handler403 = "crm_site.api.errors.permission_denied"
handler404 = "crm_site.api.errors.page_not_found"
handler500 = "crm_site.api.errors.server_error"
