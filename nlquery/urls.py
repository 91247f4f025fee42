"""Addresses of asking."""

from __future__ import annotations

from django.urls import path

from nlquery import views

app_name = "nlquery"

urlpatterns = [
    path("ask/", views.ask, name="ask"),
]
