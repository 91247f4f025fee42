"""What a room is for, and how far an event, a post and the bot itself have come."""

from __future__ import annotations

from django.db import models


class Purpose(models.TextChoices):
    NONE = "none", "Not in use yet"
    INTAKE = "intake", "Intake: messages become proposals"
    QUERY = "query", "Questions: each message is one"


class Kind(models.TextChoices):
    """What an event is to the bot. Others are not stored."""

    MESSAGE = "message", "Message"
    PICTURE = "picture", "Picture"
    REPLY = "reply", "Answer in a thread or to one of our posts"
    REACTION = "reaction", "Reaction"
    EDIT = "edit", "Edit"
    REDACTION = "redaction", "Redaction"
    STATE = "state", "Encryption, upgrade, membership"
    UNREADABLE = "unreadable", "Encrypted, and we cannot read it"


class EventState(models.TextChoices):
    NEW = "new", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Given up"


class PostState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"


class Link(models.TextChoices):
    """How the bot stands with its homeserver."""

    STOPPED = "stopped", "Not running"
    CONNECTING = "connecting", "Connecting"
    CONNECTED = "connected", "Connected"
    RETRYING = "retrying", "The homeserver does not answer"
    REFUSED = "refused", "Log-in refused"
