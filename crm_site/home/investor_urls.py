"""Addresses of investors, their opportunities, and funds."""

from __future__ import annotations

from django.urls import path

from crm_site.home.funds import views as funds
from crm_site.home.investor import opportunities, views

app_name = "investors"
urlpatterns = [
    path("investors/new/", views.create, name="create"),
    path("investors/<int:investor_id>/", views.detail, name="detail"),
    path("investors/<int:investor_id>/edit/", views.edit, name="edit"),
    path("investors/<int:investor_id>/log/", views.log, name="log"),
    path("investors/<int:investor_id>/alias/", views.add_alias, name="alias"),
    path("investors/<int:investor_id>/tags/", views.set_tags, name="tags"),
    path("investors/<int:investor_id>/retire/", views.retire, name="retire"),
    path("investors/<int:investor_id>/revive/", views.revive, name="revive"),
    path("investors/<int:investor_id>/facts/", views.add_fact, name="fact_create"),
    path("investors/<int:investor_id>/history/", views.record_history, name="history"),
    path("investors/<int:investor_id>/history/<int:event_id>/<slug:field>/", views.put_back, name="put_back"),
    path("investors/<int:investor_id>/opportunities/new/", opportunities.create, name="opportunity_create"),
    path("opportunities/<int:opportunity_id>/", opportunities.edit, name="opportunity_edit"),
    path("opportunities/<int:opportunity_id>/mover/", opportunities.mover, name="opportunity_mover"),
    path("opportunities/<int:opportunity_id>/move/", opportunities.move, name="opportunity_move"),
    path("facts/<int:fact_id>/", views.edit_fact, name="fact_edit"),
    path("funds/", funds.funds, name="funds"),
    path("funds/new/", funds.create, name="fund_create"),
    path("funds/<int:fund_id>/", funds.detail, name="fund_detail"),
    path("funds/<int:fund_id>/edit/", funds.edit, name="fund_edit"),
]
