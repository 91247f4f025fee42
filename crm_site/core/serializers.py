"""What the serializers of every noun share: shapes that refuse what they do not know, and rows named by id or key.

They check shape only; whether a value makes sense is the service's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm_site.core import living, money
from crm_site.core.models import Kept

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
    AnyField = serializers.Field[Any, Any, Any, Any]
else:
    Shape = serializers.Serializer
    AnyField = serializers.Field

#: The largest id both databases can hold; a larger one is an error inside SQLite's driver, not an empty result.
LARGEST_ID = 2**63 - 1
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Given(Shape):
    """What a caller sends. A name it does not know is refused, never dropped: a misspelt field must not look saved."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, part in self.fields.items() if not part.read_only}
            unknown = [name for name in data if name not in known]
            if unknown:
                raise serializers.ValidationError(
                    {
                        str(name)[:80]: ["There is no such field, or it cannot be set."]
                        for name in unknown[:20]
                    }
                )
        return super().to_internal_value(data)


class Shown(Shape):
    """What a caller gets. Every field is read-only."""

    def get_fields(self) -> dict[str, AnyField]:
        found = super().get_fields()
        for part in found.values():
            part.read_only = True
            part.required = False
        return found


class Versioned(Given):
    """A change of a row: the version it was made on comes in the body, or in `If-Match`."""

    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version you have read. A row that moved on answers 409 with both values.",
    )


class Choice(serializers.ChoiceField):
    """One of a few words. The refusal lists them and does not repeat what was sent."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        self.error_messages["invalid_choice"] = (
            f"Choose one of {', '.join(str(key) for key in self.choices)}."
        )


class Amount(serializers.DecimalField):
    """Money: two decimals, not negative, as text in answers so that no reader rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=17, decimal_places=2, min_value=money.ZERO, **kwargs)


class Instant(serializers.DateTimeField):
    """A point in time with its offset, within the years that every zone can show."""

    def to_internal_value(self, value: Any) -> datetime:
        found = super().to_internal_value(value)
        if not EARLIEST <= found <= LATEST:
            raise serializers.ValidationError("Give a time between 1900 and 2200.")
        return found


@extend_schema_field(OpenApiTypes.INT)
class RowField(AnyField):
    """A row of the organization in scope, by id. One of another organization, or deleted, is simply not there.

    Raises Merged for one that was merged into another.
    """

    def __init__(self, model: type[Kept], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Kept:
        if isinstance(data, bool) or not isinstance(data, int) or not 0 < data <= LARGEST_ID:
            raise serializers.ValidationError("Give the id, a whole number.")
        row = self.model.objects.filter(pk=data).first()
        survivor = living.survivor_of(self.model, data) if row is None else None
        if survivor is not None:
            said = f"It was merged into {survivor}: send {survivor.pk}."
            raise living.Merged(said, fields={str(self.field_name): said, "merged_into": survivor.pk})
        return self.found(row)

    def found(self, row: Kept | None) -> Kept:
        if row is None:
            raise serializers.ValidationError(f"There is no such {self.model._meta.verbose_name}.")
        return row

    def to_representation(self, value: Kept) -> Any:
        return value.pk


@extend_schema_field(OpenApiTypes.STR)
class KeyField(RowField):
    """A row by its stable key, such as a stage."""

    def to_internal_value(self, data: Any) -> Kept:
        if not isinstance(data, str) or not 0 < len(data) <= 60:
            raise serializers.ValidationError("Give the key, a short text.")
        keyed: models.QuerySet[Any] = self.model.objects.all()
        return self.found(keyed.filter(key=data).first())


@extend_schema_field({"type": "array", "items": {"type": "integer"}})
class RowsField(AnyField):
    """Several rows by id, fetched in one query."""

    def __init__(self, model: type[Kept], *, most: int = 50, **kwargs: Any) -> None:
        self.model = model
        self.most = most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[Kept]:
        whole = isinstance(data, list) and all(type(one) is int and 0 < one <= LARGEST_ID for one in data)
        if not whole:
            raise serializers.ValidationError("Give a list of ids, whole numbers.")
        if len(data) > self.most:
            raise serializers.ValidationError(f"At most {self.most}.")
        found = self.model.objects.in_bulk(data)
        missing = [str(one) for one in data if one not in found]
        if missing:
            raise serializers.ValidationError(
                f"There is no such {self.model._meta.verbose_name}: {', '.join(missing)}."
            )
        return [found[one] for one in dict.fromkeys(data)]

    def to_representation(self, value: Any) -> list[int]:
        return [row.pk for row in value]
