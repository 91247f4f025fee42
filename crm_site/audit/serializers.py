"""Audit entries as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm_site.audit.reading import Line
from crm_site.core.serializers import Shown


class AuditShown(Shown):
    id = serializers.IntegerField()
    sequence = serializers.IntegerField(help_text="Its place in the organization's chain.")
    at = serializers.DateTimeField()
    user = serializers.IntegerField(source="user_id", allow_null=True, help_text="Null: the system.")
    door = serializers.CharField(help_text="web, api, matrix, mcp, admin, import or system.")
    action = serializers.CharField(help_text="`noun.verbed`")
    subject = serializers.SerializerMethodField(help_text="`label:id`")
    captured_via = serializers.CharField()
    changes = serializers.SerializerMethodField()
    details = serializers.DictField()

    def get_subject(self, line: Line) -> str:
        return f"{line.subject_label}:{line.subject_id}"

    def get_changes(self, line: Line) -> dict[str, dict[str, Any]]:
        """Field → old and new; “(erased)” where the person's key is gone."""
        return {name: {"old": old, "new": new} for name, old, new in line.changes}
