"""A page with one form: shown, sent on, sent back with what is wrong, or with both values of a clash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from crm_site.accounts import members
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.models import User
from crm_site.core.errors import Conflict, CrmError, Forbidden, Invalid, NotFound, StaleEdit

Data = QueryDict | None
Offer = Sequence[tuple[int, str]]


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Day(forms.DateField):
    """A plain date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DayInput(), input_formats=["%Y-%m-%d"], **kwargs)


class Choice(forms.TypedChoiceField):
    """One of some rows by id, or none."""

    def __init__(self, *, nothing: str = "–", **kwargs: Any) -> None:
        self.nothing = nothing
        super().__init__(coerce=int, empty_value=None, **kwargs)

    def offer(self, rows: Offer) -> None:
        """Set the choices."""
        self.choices = [*([] if self.required else [("", self.nothing)]), *rows]


def team(*kept: User | None) -> list[tuple[int, str]]:
    """The members of the organization, as choices. kept: who stands in the record, maybe a former member by now."""
    offered = {user.pk: user.name for user in members.team()}
    return list(({user.pk: user.name for user in kept if user} | offered).items())


class Sheet(forms.Form):
    """Checks the shape of what was typed; the service checks the rest.

    It remembers what the editor saw in each field, so that only what was changed is sent on: two people who edit different
    fields of one record do not undo each other. KEYS: form field → name at the service, where they differ.
    """

    KEYS: Mapping[str, str] = {}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Data = None,
        initial: Mapping[str, Any] | None = None,
        offers: Mapping[str, Offer] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), label_suffix="")
        self.offers = dict(offers or {})
        for name, rows in self.offers.items():
            field = self.fields[name]
            if isinstance(field, Choice):
                field.offer(rows)
            else:
                cast(forms.ChoiceField, field).choices = list(rows)
        self.conflicts: list[tuple[str, str, str]] = []
        self.is_edit = bool(initial and initial.get("version"))
        self.order_fields([*(name for name in self.fields if name != "version"), "version"])
        if self.is_edit:
            for name, field in self.fields.items():
                field.show_hidden_initial = name != "version"

    def seen(self) -> list[SafeString]:
        """What the editor saw, as hidden inputs."""
        return [
            self[name].as_hidden(only_initial=True)
            for name in self.fields
            if self.is_edit and name != "version"
        ]

    def given(self) -> dict[str, Any]:
        """The changed values by their names at the service; for a new record, all of them."""
        names = self.changed_data if self.is_edit else list(self.fields)
        return {self.KEYS.get(name, name): self.cleaned_data[name] for name in names if name != "version"}

    @property
    def seen_version(self) -> int | None:
        """The version of the record that the editor saw."""
        return cast("int | None", self.cleaned_data.get("version"))

    def take(self, error: CrmError) -> None:
        """Put a service's refusal where it belongs: at its field, or above the form."""
        names = {service: name for name, service in self.KEYS.items()}
        placed = False
        for service_name, why in error.fields.items():
            name = names.get(service_name, service_name)
            if name in self.fields and isinstance(why, str):
                self.add_error(name, why)
                placed = True
        if not placed:
            self.add_error(None, error.message)

    def against(self, current: Mapping[str, Any]) -> Sheet:
        """The same form on the record as it is now: what was typed stays, and what others changed stands beside it.

        Saving it again is made on the newest version, so it is a decision and no accident.
        """
        data = QueryDict(mutable=True)
        typed = cast("MultiValueDict[str, Any]", self.data)
        for name in self.fields:
            theirs = self._raw(name, current.get(name))
            data.setlist(self.add_initial_prefix(name), theirs)
            data.setlist(name, typed.getlist(name) if name in self.changed_data else theirs)
        data["version"] = str(current["version"])
        again = type(self)(data, current, self.offers)
        again.is_valid()
        for name in self.changed_data:
            now, yours = self._raw(name, current.get(name)), typed.getlist(name)
            if name != "version" and now != typed.getlist(self.add_initial_prefix(name)) and now != yours:
                again.conflicts.append(
                    (
                        str(self.fields[name].label or name.capitalize()),
                        self._shown(name, yours),
                        self._shown(name, now),
                    )
                )
        return again

    def _raw(self, name: str, value: Any) -> list[str]:
        """A value as a browser would send it."""
        if value is None:
            return [""]
        if isinstance(value, list | tuple):
            return [str(part) for part in value]
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField | forms.BooleanField):
            return [str(value)]
        return [str(field.widget.format_value(value) or "")]

    def _shown(self, name: str, raw: list[str]) -> str:
        field = self.fields[name]
        labels: dict[str, str] = {}
        if isinstance(field, forms.ChoiceField):
            offered = cast(Iterable[tuple[Any, Any]], field.choices)
            labels = {str(key): str(label) for key, label in offered}
        return ", ".join(labels.get(part, part) for part in raw if part) or "–"


def answer(
    request: MemberRequest,
    template: str,
    *,
    make: Callable[[Data], Sheet],
    write: Callable[[Sheet], HttpResponse],
    current: Callable[[], Mapping[str, Any]] | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page `template` with its form.

    write: does it and answers. current: the record's values as they are now, for a clash.
    """
    status = 200
    form = make(request.POST if request.method == "POST" else None)
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return write(form)
            except (Forbidden, NotFound):
                raise
            except StaleEdit:
                form, status = form.against(current() if current else form.initial), 409
            except (Invalid, Conflict) as error:
                form.take(error)
                status = 409 if isinstance(error, Conflict) else 422
    return render(request, template, {**(context or {}), "form": form}, status=status)
