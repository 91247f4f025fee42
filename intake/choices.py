"""The states of what comes in and of what it proposes."""

from __future__ import annotations

from django.db import models


class Source(models.TextChoices):
    """How a message came in. Each further channel adds its word."""

    WEB = "web", "Web"
    API = "api", "API"
    MATRIX = "matrix", "Matrix"
    MCP = "mcp", "MCP"


class MessageState(models.TextChoices):
    RECEIVED = "received", "Being read"
    PROPOSED = "proposed", "Proposed"
    IGNORED = "ignored", "Nothing to write"
    QUESTION = "question", "A question"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ProposalState(models.TextChoices):
    PENDING = "pending", "Waiting"
    COMMITTED = "committed", "Written"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Replaced"
    WITHDRAWN = "withdrawn", "Withdrawn"
