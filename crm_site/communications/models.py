"""What happened with an investor, what to do next, and what is worth remembering."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from crm_site.communications.choices import Direction, Kind, ReminderState, State
from crm_site.communications.querysets import CommunicationQuerySet, FactQuerySet, ReminderQuerySet
from crm_site.contacts.models import Contact
from crm_site.core.models import Kept, Scoped
from crm_site.core.querysets import LiveManager, ScopedManager
from crm_site.investors.models import Investor, Opportunity

BODY_LIMIT = 100_000


class Communication(Kept):
    """One thing that happened (or is planned) with one investor; it may name several contacts and members.

    occurred_on: the local date. occurred_at: the instant, when it is known. captured_via: the way it came in.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"body", "subject", "contacts"})
    HANGS_ON: ClassVar[tuple[str, ...]] = ("investor",)

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="communications")
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="communications"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NOTE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HAPPENED)
    direction = models.CharField(max_length=8, choices=Direction.choices, null=True, blank=True)
    occurred_on = models.DateField()
    occurred_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=BODY_LIMIT, blank=True)
    captured_via = models.CharField(max_length=40, blank=True)
    contacts = models.ManyToManyField(Contact, through="CommunicationContact", related_name="communications")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="CommunicationMember", related_name="communications"
    )

    objects = LiveManager.from_queryset(CommunicationQuerySet)()
    all_objects = ScopedManager.from_queryset(CommunicationQuerySet)()
    unscoped = models.Manager.from_queryset(CommunicationQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["-occurred_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="communications_kind"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="communications_state"),
        ]
        indexes = [
            models.Index(
                # The last two let it count an investor's talks by itself, without fetching each with its text.
                fields=["organization", "investor", "-occurred_on", "-id", "state", "deleted_at"],
                name="communications_timeline",
            ),
            models.Index(fields=["organization", "-occurred_on", "-id"], name="communications_by_day"),
            models.Index(
                # Counts are read from it alone: 150,000 rows with their texts would take SQLite four times as long.
                fields=[
                    "organization",
                    "occurred_on",
                    "kind",
                    "investor",
                    "state",
                    "deleted_at",
                    "direction",
                ],
                condition=models.Q(deleted_at__isnull=True),
                name="communications_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()} on {self.occurred_on}"


class CommunicationContact(Scoped):
    """A person on the investor's side took part."""

    communication = models.ForeignKey(Communication, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "communication", "contact"], name="communications_contact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.communication_id}: {self.contact_id}"


class CommunicationMember(Scoped):
    """One of our own took part."""

    communication = models.ForeignKey(
        Communication, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "communication", "user"], name="communications_member_once"
            )
        ]
        # In place of the plain one on the communication: who took part is read from it alone.
        indexes = [models.Index(fields=["communication", "user"], name="communications_members_of")]

    def __str__(self) -> str:
        return f"{self.communication_id}: {self.user_id}"


class Reminder(Kept):
    """A follow-up: due on a local date, at a local time when one was said. The earliest open one is the next step."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"text"})
    HANGS_ON: ClassVar[tuple[str, ...]] = (
        "investor",
        "opportunity",
    )

    investor = models.ForeignKey(
        Investor, on_delete=models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    communication = models.ForeignKey(
        Communication,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
        editable=False,
    )
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    due_time = models.TimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders"
    )
    state = models.CharField(max_length=8, choices=ReminderState.choices, default=ReminderState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = LiveManager.from_queryset(ReminderQuerySet)()
    all_objects = ScopedManager.from_queryset(ReminderQuerySet)()
    unscoped = models.Manager.from_queryset(ReminderQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["due_on", "due_time", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ReminderState.values), name="communications_reminder_state"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "state", "due_on"], name="reminders_by_due"),
            models.Index(
                fields=["organization", "investor", "state", "due_on"], name="reminders_of_investor"
            ),
            models.Index(
                fields=["organization", "assigned_to", "state", "due_on"], name="reminders_of_member"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Fact(Kept):
    """Something remembered about an investor or a person, with where it came from and how sure it is (0..1)."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"text"})
    HANGS_ON: ClassVar[tuple[str, ...]] = (
        "investor",
        "contact",
        "communication",
    )

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="facts")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="facts"
    )
    communication = models.ForeignKey(
        Communication, on_delete=models.PROTECT, null=True, blank=True, related_name="facts"
    )
    text = models.CharField(max_length=500)
    topic = models.CharField(max_length=60, blank=True)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, default=1)

    objects = LiveManager.from_queryset(FactQuerySet)()
    all_objects = ScopedManager.from_queryset(FactQuerySet)()
    unscoped = models.Manager.from_queryset(FactQuerySet)()

    class Meta(Kept.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1),
                name="communications_fact_confidence",
            )
        ]
        indexes = [models.Index(fields=["organization", "investor", "topic"], name="facts_of_investor")]

    def __str__(self) -> str:
        return self.text


class Attachment(Kept):
    """A file that came with a communication. Served as a download only, after the organization was checked."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name"})
    HANGS_ON: ClassVar[tuple[str, ...]] = ("communication",)

    communication = models.ForeignKey(Communication, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to="attachments/%Y/%m/", max_length=200)
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta(Kept.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["organization", "communication"], name="attachments_of")]

    def __str__(self) -> str:
        return self.name
