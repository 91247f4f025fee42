"""Addresses of communications, their files, and reminders."""

from __future__ import annotations

from django.urls import path

from crm_site.home.timeline import files, reminders, views

app_name = "communications"
urlpatterns = [
    path("communications/", views.communications, name="list"),
    path("communications/<int:communication_id>/", views.edit, name="detail"),
    path("attachments/<int:attachment_id>/", files.download, name="attachment"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/new/", reminders.create, name="reminder_create"),
    path("reminders/<int:reminder_id>/", reminders.edit, name="reminder_edit"),
    path("reminders/<int:reminder_id>/done/", reminders.close, {"state": "done"}, name="reminder_tick"),
    path("reminders/<int:reminder_id>/drop/", reminders.close, {"state": "dropped"}, name="reminder_drop"),
    path("reminders/<int:reminder_id>/reopen/", reminders.reopen, name="reminder_reopen"),
    path("reminders/<int:reminder_id>/snooze/", reminders.snooze, name="reminder_snooze"),
    path("reminders/<int:reminder_id>/reassign/", reminders.reassign, name="reminder_reassign"),
]
