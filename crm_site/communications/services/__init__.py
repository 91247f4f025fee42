"""Every write to communications, reminders, facts and attachments."""

from crm_site.communications.services.attachments import attach_file
from crm_site.communications.services.communications import add_communication, edit_communication
from crm_site.communications.services.derived import refresh_activity
from crm_site.communications.services.facts import add_fact, edit_fact
from crm_site.communications.services.log import log_communication
from crm_site.communications.services.reminders import (
    ReminderClosed,
    add_reminder,
    close_reminder,
    edit_reminder,
    reopen_reminder,
    snooze_reminder,
)

__all__ = [
    "ReminderClosed",
    "add_communication",
    "add_fact",
    "add_reminder",
    "attach_file",
    "close_reminder",
    "edit_communication",
    "edit_fact",
    "edit_reminder",
    "log_communication",
    "refresh_activity",
    "reopen_reminder",
    "snooze_reminder",
]
