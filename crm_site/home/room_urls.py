"""Where the settings of Matrix rooms live: they belong to the bot, which is above the accounts."""

from __future__ import annotations

from django.urls import path

from crm_site.home.views import rooms

app_name = "rooms"
urlpatterns = [
    path("", rooms.rooms, name="list"),
    path("<int:pk>/", rooms.change, name="change"),
]
