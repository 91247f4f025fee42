from __future__ import annotations

from django.urls import path

from crm_site.work import views

app_name = "work"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
