"""Addresses of the pages that read across nouns."""

from __future__ import annotations

from django.urls import path

from crm_site.home.views import bulk, grid, pipeline, system, today, trash

app_name = "home"
urlpatterns = [
    path("", today.today, name="today"),
    path("today/reminders/<int:reminder_id>/done/", today.tick, name="reminder_tick"),
    path("today/reminders/<int:reminder_id>/snooze/", today.snooze, name="reminder_snooze"),
    path("today/reminders/<int:reminder_id>/reopen/", today.reopen, name="reminder_reopen"),
    path("grid/", grid.grid, name="grid"),
    path("grid/totals/", grid.totals, name="totals"),
    path("grid/bulk/", bulk.change, name="bulk"),
    path("grid/undo/<str:token>/", bulk.undo, name="bulk_undo"),
    path("grid/<int:investor_id>/<slug:key>/", grid.cell, name="cell"),
    path("grid.csv", grid.export_csv, name="export"),
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("pipeline/<int:opportunity_id>/move/", pipeline.move, name="move"),
    path("trash/", trash.trash, name="trash"),
    path("trash/<int:deletion_id>/restore/", trash.restore, name="restore"),
    path("trash/<int:deletion_id>/purge/", trash.purge, name="purge"),
    path("delete/<str:label>/<int:record_id>/", trash.delete, name="delete"),
    path("system/", system.system, name="system"),
    path("system/checks/", system.checks, name="checks"),
    path("system/index/", system.search_index, name="index"),
    path("system/index/rebuild/", system.rebuild_index, name="rebuild_index"),
    path("system/work/<int:work_id>/retry/", system.retry, name="retry"),
]
