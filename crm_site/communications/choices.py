"""The fixed words of communications and reminders."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    NOTE = "note", "Note"
    EMAIL = "email", "E-mail"
    CALL = "call", "Call"
    MEETING = "meeting", "Meeting"
    MESSAGE = "message", "Message"


class State(models.TextChoices):
    HAPPENED = "happened", "Happened"
    PLANNED = "planned", "Planned"


class Direction(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class ReminderState(models.TextChoices):
    """Snoozed is no state of its own: it is open with a later due date."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"
