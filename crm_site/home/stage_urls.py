"""The settings of the pipeline's stages: deleting one spans the nouns, so they stand in this room."""

from __future__ import annotations

from django.urls import path

from crm_site.home.views import stages

app_name = "stages"
urlpatterns = [
    path("", stages.stages, name="list"),
    path("<int:pk>/", stages.edit, name="edit"),
    path("<int:pk>/move/", stages.move, name="move"),
    path("<int:pk>/delete/", stages.delete, name="delete"),
]
