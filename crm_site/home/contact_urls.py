"""Addresses of contacts."""

from __future__ import annotations

from django.urls import path

from crm_site.home.people import reach, views

app_name = "contacts"
urlpatterns = [
    path("contacts/", views.contacts, name="list"),
    path("contacts/new/", views.create, name="create"),
    path("contacts/<int:contact_id>/", views.detail, name="detail"),
    path("contacts/<int:contact_id>/edit/", views.edit, name="edit"),
    path("contacts/<int:contact_id>/history/", views.record_history, name="history"),
    path("contacts/<int:contact_id>/history/<int:event_id>/<slug:field>/", views.put_back, name="put_back"),
    path("contacts/<int:contact_id>/emails/", reach.add_email, name="email_create"),
    path("contacts/<int:contact_id>/phones/", reach.add_phone, name="phone_create"),
    path(
        "contacts/<int:contact_id>/<slug:kind>/<int:row_id>/first/", reach.make_primary, name="make_primary"
    ),
    path("contacts/<int:contact_id>/investors/", reach.affiliate, name="affiliate"),
    path("affiliations/<int:affiliation_id>/", reach.edit_affiliation, name="affiliation_edit"),
]
