"""People, how to reach them, and where they work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from crm_site.contacts.querysets import AffiliationQuerySet, ContactQuerySet
from crm_site.core.models import Kept, Scoped
from crm_site.core.querysets import LiveManager, ScopedManager
from crm_site.investors.models import Investor


class Contact(Kept):
    """A person. Names, e-mails and phones are not unique: doubles are found and merged, not forbidden."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "notes", "linkedin"})

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    linkedin = models.CharField(max_length=200, blank=True)
    notes = models.TextField(max_length=10_000, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = LiveManager.from_queryset(ContactQuerySet)()
    all_objects = ScopedManager.from_queryset(ContactQuerySet)()
    unscoped = models.Manager.from_queryset(ContactQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["organization", "name_key"], name="contacts_by_key"),
            models.Index(
                # With the last two it alone can look through all names for a few letters (`search.palette`).
                fields=["organization", "name", "id", "deleted_at", "name_key"],
                condition=models.Q(deleted_at__isnull=True),
                name="contacts_live_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactEmail(Kept):
    """An address of a person, kept in lower case."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"email"})
    HANGS_ON: ClassVar[tuple[str, ...]] = ("contact",)

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="emails")
    email = models.EmailField(max_length=254)
    domain = models.CharField(max_length=120, blank=True, editable=False)
    is_primary = models.BooleanField(default=False)

    class Meta(Kept.Meta):
        ordering = ["-is_primary", "id"]
        indexes = [
            models.Index(fields=["organization", "email"], name="contacts_by_email"),
            models.Index(fields=["organization", "domain"], name="contacts_by_domain"),
        ]

    def __str__(self) -> str:
        return self.email


class ContactPhone(Kept):
    """A number of a person: E.164 where it could be read as one, else as it was written."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"number", "written"})
    HANGS_ON: ClassVar[tuple[str, ...]] = ("contact",)

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=32)
    written = models.CharField(max_length=50, blank=True)
    is_primary = models.BooleanField(default=False)

    class Meta(Kept.Meta):
        ordering = ["-is_primary", "id"]
        indexes = [models.Index(fields=["organization", "number"], name="contacts_by_phone")]

    def __str__(self) -> str:
        return self.written or self.number


class Affiliation(Kept):
    """A person at an investor, with a title, for a time. An open end means: there now."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"title"})
    HANGS_ON: ClassVar[tuple[str, ...]] = (
        "contact",
        "investor",
    )

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="affiliations")
    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="affiliations")
    title = models.CharField(max_length=120, blank=True)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    is_primary = models.BooleanField(default=False)

    objects = LiveManager.from_queryset(AffiliationQuerySet)()
    all_objects = ScopedManager.from_queryset(AffiliationQuerySet)()
    unscoped = models.Manager.from_queryset(AffiliationQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["-is_primary", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_on__isnull=True)
                | models.Q(to_on__isnull=True)
                | models.Q(to_on__gte=models.F("from_on")),
                name="contacts_affiliation_dates",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "investor"], name="affiliations_at"),
            models.Index(fields=["organization", "contact"], name="affiliations_of"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} at {self.investor}"


class ContactGram(Scoped):
    """A three-letter piece of a person's name: the block in which fuzzy look-ups search."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", db_index=False)
    gram = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "gram", "contact"], name="contacts_gram_once")
        ]
        indexes = [models.Index(fields=["contact"], name="contacts_grams_of")]

    def __str__(self) -> str:
        return self.gram
