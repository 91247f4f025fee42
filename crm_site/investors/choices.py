"""The fixed words of investors: their types, and what a stage means for the raise."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class InvestorType(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    FAMILY_OFFICE = "family_office", "Family office"
    INSTITUTION = "institution", "Institution"
    FUND = "fund", "Fund"
    CORPORATE = "corporate", "Corporate"
    ADVISOR = "advisor", "Adviser"
    OTHER = "other", "Other"


class StageCategory(models.TextChoices):
    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


@dataclass(frozen=True)
class StageSpec:
    """A stage as bootstrap makes it. probability in percent."""

    key: str
    label: str
    category: StageCategory
    probability: int


DEFAULT_STAGES = (
    StageSpec("prospect", "Prospect", StageCategory.OPEN, 5),
    StageSpec("contacted", "Contacted", StageCategory.OPEN, 10),
    StageSpec("meeting", "Meeting", StageCategory.OPEN, 25),
    StageSpec("diligence", "Diligence", StageCategory.OPEN, 50),
    StageSpec("soft_circle", "Soft circle", StageCategory.OPEN, 70),
    StageSpec("committed", "Committed", StageCategory.WON, 90),
    StageSpec("closed", "Closed", StageCategory.WON, 100),
    StageSpec("passed", "Passed", StageCategory.LOST, 0),
)
