"""Who belongs to which organization, and how people and machines prove who they are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from crm_site.accounts.querysets import ApiKeyQuerySet, MembershipQuerySet
from crm_site.accounts.roles import Role
from crm_site.core.models import Scoped
from crm_site.core.querysets import ScopedManager


class Organization(models.Model):
    """The tenant. One time zone; `currency` is what new funds start with."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD", validators=[RegexValidator(r"^[A-Z]{3}$")])
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Organization]] = models.Manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Users are looked up by e-mail whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person or machine that logs in. What it may see comes from its memberships, never from here."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "email"})

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Membership(Scoped):
    """A user in an organization, with one role. Former members stay as inactive rows, so history keeps its names."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "email"})

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(MembershipQuerySet)()
    unscoped = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="accounts_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class ApiKey(Scoped):
    """A machine's way in, acting as one membership. Only a hash is kept; the key itself is shown once.

    scopes: verbs of `permissions.Verb` the key is limited to; an empty list means all that the role allows.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ApiKeyQuerySet)()
    unscoped = models.Manager.from_queryset(ApiKeyQuerySet)()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class MatrixIdentity(Scoped):
    """The only place that says which member stands behind a Matrix user id. No row means: a stranger."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"mxid"})

    mxid = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="matrix_identities")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "matrix identities"
        ordering = ["mxid"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "mxid"], name="accounts_matrix_identity_once")
        ]

    def __str__(self) -> str:
        return self.mxid
