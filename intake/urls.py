"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from intake import views
from intake.pictures import views as pictures

app_name = "intake"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/messages/", views.receive, name="receive"),
    path("inbox/messages/<int:message_id>/", views.reading, name="reading"),
    path("inbox/messages/<int:message_id>/picture/", pictures.picture, name="picture"),
    path("inbox/<int:proposal_id>/", views.detail, name="detail"),
    path("inbox/<int:proposal_id>/approve/", views.approve, name="approve"),
    path("inbox/<int:proposal_id>/reject/", views.reject, name="reject"),
    path("inbox/<int:proposal_id>/pick/", views.pick, name="pick"),
    path("inbox/<int:proposal_id>/new/", views.make_new, name="make_new"),
    path("inbox/<int:proposal_id>/edit/", views.edit, name="edit"),
]
