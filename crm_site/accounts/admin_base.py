"""What every admin shares: rows of the organization in scope, and every write through the noun's services.

A noun's admin names two functions, `add` and `change`, that each make one service call. Deleting and restoring span the
nouns, so `relations` hands them in from above (`delete_through`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import Field, ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from crm_site.accounts import permissions
from crm_site.accounts.models import User
from crm_site.accounts.permissions import Verb
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from crm_site.core.models import Kept

if TYPE_CHECKING:
    BaseAdmin = admin.ModelAdmin[Any]
else:
    BaseAdmin = admin.ModelAdmin  # generic for the type checker only


@dataclass(frozen=True)
class Removal:
    """How records go and come back. hangs_on: how many rows of each kind would go with one."""

    delete: Callable[..., object]
    restore: Callable[..., object]
    hangs_on: Callable[[Kept], Mapping[str, int]]


_removal: list[Removal] = []


def delete_through(removal: Removal) -> None:
    """Hand in the services that delete and restore; `relations` does so when the admin starts."""
    _removal[:] = [removal]


def actor_of(request: HttpRequest) -> Actor:
    """The member at the admin's door."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


class DeletedFilter(admin.SimpleListFilter):
    """Living rows unless asked for the deleted ones."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("deleted", "Deleted"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        found: list[Any] = list(super().choices(changelist))
        found[0]["display"] = "Living"
        return iter(found)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "deleted")


class ServiceAdmin(BaseAdmin):
    """Reads in scope and writes nothing; `EditableAdmin` and `KeptAdmin` write by services."""

    verb: ClassVar[Verb | None] = None
    list_per_page = 50
    show_full_result_count = False
    list_max_show_all = 0
    actions: Any = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        manager: Any = getattr(self.model, "all_objects", None) or self.model._default_manager
        rows: QuerySet[Any] = manager.get_queryset()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def may_write(self, request: HttpRequest) -> bool:
        return self.verb is not None and permissions.may(actor_of(request), self.verb)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Choices are living rows of this organization; people are its members."""
        if db_field.remote_field.model is User:
            here = {"memberships__organization_id": actor_of(request).organization_id}
            kwargs["queryset"] = User.objects.filter(memberships__is_active=True, **here).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit log is the one log: Django's own would keep names outside any organization."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """See `log_addition`."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the audit log says of the row, instead of Django's own log."""
        label = self.model._meta.label_lower
        found = AuditEvent.objects.about(label, int(object_id))[:200] if object_id.isdecimal() else []
        names = dict(User.objects.filter(pk__in={event.user_id for event in found}).values_list("pk", "name"))
        lines = [(line, names.get(line.user_id or 0, "Roundtable")) for line in reading.lines(found)]
        return super().history_view(request, object_id, {"lines": lines, **(extra_context or {})})

    object_history_template = "admin/record_history.html"


class EditableAdmin(ServiceAdmin):
    """Adds and changes rows by the noun's services. `editable`: fields a form may change."""

    editable: ClassVar[tuple[str, ...]] = ()
    addable: ClassVar[tuple[str, ...] | None] = None
    change_form_template = "admin/record_change.html"

    def add(self, actor: Actor, values: dict[str, Any]) -> Model:
        """Make a row by one service call."""
        raise TypeError(f"{type(self).__name__} cannot add.")

    def change(self, actor: Actor, row: Any, values: dict[str, Any], version: int | None) -> object:
        """Change a row by one service call."""
        raise TypeError(f"{type(self).__name__} cannot change.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return list(self.addable if self.addable is not None else self.editable)
        shown = [name for name in self.readonly_fields if name not in self.editable]
        return [*self.editable, *shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else [name for name in self.readonly_fields if name not in self.editable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return type(self).add is not EditableAdmin.add and self.may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request) and bool(self.editable) and not getattr(obj, "deleted_at", None)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            given = {name: form.cleaned_data[name] for name in self.get_fields(request)}
            obj.pk = self.add(actor_of(request), given).pk
            return
        # The form has changed its own instance already, so old → new would come out empty: fetch the row again.
        row = self.get_queryset(request).get(pk=obj.pk)
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in self.editable}
        seen = request.POST.get("seen_version", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        if values:
            self.change(actor_of(request), row, values, version)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: links between rows are written by the services."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        refusal: CrmError | None = getattr(request, "refusal", None)
        return form if refusal is None else type(form.__name__, (form,), {"clean": _refusing(refusal)})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        # A form shown again keeps the version it began with, else the second try would win over the other editor.
        context["seen_version"] = request.POST.get("seen_version") or getattr(obj, "version", "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except CrmError as error:
            # The transaction is undone. Show the same form again, with what was typed and the message at its field.
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)


class KeptAdmin(EditableAdmin):
    """Rows that can be deleted and restored, together with what hangs on them."""

    actions: Any = ("delete_selected", "restore_selected")
    delete_verb: ClassVar[Verb] = Verb.DELETE
    list_filter: ClassVar[Any] = (DeletedFilter,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may(actor_of(request), self.delete_verb) and not getattr(obj, "deleted_at", None)

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return permissions.may(actor_of(request), Verb.RESTORE)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        _removal[0].delete(actor=actor_of(request), row=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What would go, by the service's own count: nothing is removed, so nothing protects anything."""
        counts: dict[str, int] = {}
        lines: list[Any] = []
        for row in objs:
            below = _removal[0].hangs_on(row)
            lines.append(str(row))
            if below:
                lines.append([f"{count} {name}" for name, count in below.items()])
            for name, count in {str(self.opts.verbose_name_plural): 1, **below}.items():
                counts[name] = counts.get(name, 0) + count
        return lines, counts, set(), []

    @admin.action(description="Restore selected records", permissions=["restore"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            _removal[0].restore(actor=actor_of(request), row=row)
        self.message_user(request, "Restored.", messages.SUCCESS)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except CrmError as error:
            self.message_user(request, error.message, messages.ERROR)
            address = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(address, args=(quote(object_id),)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().changelist_view(request, extra_context)
        except CrmError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


def _refusing(refusal: CrmError) -> Callable[[Any], Any]:
    """A form's clean() that says what the service said, at the fields it named."""

    def clean(form: Any) -> Any:
        cleaned = super(type(form), form).clean()
        fields: dict[str, Field] = form.fields
        for name, said in refusal.fields.items():
            place = name if name in fields else name.removesuffix("_id")
            words = (
                f"Meanwhile: {said['theirs']}" if isinstance(said, dict) and "theirs" in said else str(said)
            )
            form.add_error(place if place in fields else None, words)
        if not set(refusal.fields) & set(fields):
            form.add_error(None, refusal.message)
        return cleaned

    return clean
