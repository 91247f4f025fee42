"""Shapes of answers that every resource shares."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from crm_site.core.serializers import Given, Shown


class ErrorBody(Shown):
    code = serializers.CharField(help_text="Stable, snake_case.")
    message = serializers.CharField(help_text="For a person.")
    fields = serializers.DictField(help_text="Field → message, or what the error needs to say about it.")  # type: ignore[assignment]


class ErrorShown(Shown):
    """The one error shape."""

    error = ErrorBody()


class DeletionShown(Shown):
    """What a deletion took along. `POST …/restore/` brings all of it back."""

    id = serializers.IntegerField(source="subject_id")
    title = serializers.CharField()
    deleted_at = serializers.DateTimeField()
    hanging = serializers.DictField(
        source="counts", child=serializers.IntegerField(), help_text="How many of each kind went with it."
    )


class Nothing(Given):
    """An empty body."""


@cache
def page_of(shown: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of one page of a list."""
    name = f"{shown.__name__.removesuffix('Shown')}Page"
    page = type(
        name,
        (Shown,),
        {
            "next": serializers.URLField(allow_null=True, help_text="Follow it for the next page."),
            "previous": serializers.URLField(allow_null=True),
            "results": shown(many=True),
            "__module__": __name__,
        },
    )
    # A page is one object: the generator would wrap whatever a list operation answers in an array.
    set_override(page, "many", False)
    return page
