"""The roles a member can have, weakest first."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a member may do follows from the role alone (`permissions.TABLE`)."""

    VIEWER = "viewer", "Viewer"
    BOT = "bot", "Bot"
    ASSOCIATE = "associate", "Associate"
    PARTNER = "partner", "Partner"
    ADMIN = "admin", "Admin"
    OWNER = "owner", "Owner"
