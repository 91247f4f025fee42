"""Words that pairs are described with. Stored: never rename a value."""

from __future__ import annotations

from django.db import models

#: The kind of work that looks for duplicates.
WORK = "entities.propose"


class Kind(models.TextChoices):
    INVESTOR = "investor", "Investors"
    CONTACT = "contact", "Contacts"


class Tier(models.TextChoices):
    """How sure the rules are. The alphabet happens to sort the surest first."""

    CERTAIN = "certain", "Certain"
    LIKELY = "likely", "Likely"
    UNLIKELY = "unlikely", "Unlikely"


class PairState(models.TextChoices):
    OPEN = "open", "Waiting"
    MERGED = "merged", "Merged"
    APART = "apart", "Not the same"
    GONE = "gone", "No longer proposed"


class Advice(models.TextChoices):
    """What the model recommends."""

    SAME = "same", "The same"
    DIFFERENT = "different", "Different"
    UNSURE = "unsure", "Unsure"
