"""Addresses of search."""

from __future__ import annotations

from django.urls import path

from search import views

app_name = "search"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/go/", views.go, name="go"),
    path("search/related/<int:investor_id>/", views.related, name="related"),
]
