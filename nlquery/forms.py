"""How a question was understood, as a form: one control for each slot; and the form read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from nlquery import labels, windows, words
from nlquery import slots as types
from nlquery.registry import Entry, Slot

SLOT, KEY, WAS, FROM, TO = "slot.", "key.", "was.", "from.", "to."
CUSTOM = "custom"
ME = "me"
#: No intent has as many slots; more parameters than that are nobody's form.
MOST = 40
_CANDIDATE = re.compile(r"(investor|contact|fund):\d{1,18}")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")
_COUNTED = ("last_7_days", "last_30_days", "last_90_days", "next_7_days", "next_30_days", "next_90_days")


@dataclass(frozen=True)
class Editor:
    """A control for one slot. kind: select, window, number or text. options: (value, label).

    key: of the candidate that `value`, its name, stands for. begins, ends: the days of a window of dates.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    required: bool = False
    default: str = ""
    error: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    low: int | None = None
    high: int | None = None
    key: str = ""
    begins: str = ""
    ends: str = ""
    offers: str = ""

    @property
    def in_use(self) -> bool:
        return bool(self.value or self.required or self.error)

    @property
    def said(self) -> str:
        """What is filled in, in words."""
        return (
            labels.window(self.value)
            if self.kind == "window"
            else dict(self.options).get(self.value, self.value)
        )


def editors(
    entry: Entry, filled: Mapping[str, Any], errors: Mapping[str, str], names: Mapping[str, str]
) -> list[Editor]:
    """A control for each slot of the intent. names: candidate's key → what it is called."""
    return [
        _editor(one, filled.get(one.name), errors.get(one.name, ""), names) for one in entry.slots.values()
    ]


def read(sent: Mapping[str, str]) -> dict[str, str]:
    """The slots of a form that was sent; empty ones are left out. Nothing is checked here."""
    found: dict[str, str] = {}
    for name in [name[len(SLOT) :] for name in sent if name.startswith(SLOT)][:MOST]:
        value = sent[SLOT + name].strip()
        if value == CUSTOM:
            begins, ends = sent.get(FROM + name, "").strip(), sent.get(TO + name, "").strip()
            value = f"{begins}..{ends}" if begins or ends else ""
        elif sent.get(KEY + name) and sent.get(WAS + name) == value:
            # The name stands in the box, but it was picked among several of that name: its key says which.
            value = sent[KEY + name]
        if value:
            found[name] = value
    return found


def query(intent: str, filled: Mapping[str, Any], question: str = "") -> str:
    """The query string that runs the intent with these slots."""
    told = {"q": question} if question else {}
    return urlencode(told | {"intent": intent} | {SLOT + name: str(value) for name, value in filled.items()})


def asking(question: str) -> str:
    """The query string that asks the question."""
    return urlencode({"q": question})


def keys_in(filled: Iterable[Mapping[str, Any]]) -> set[str]:
    """The candidates' keys among slot values."""
    values = [value for one in filled for value in one.values() if isinstance(value, str)]
    return {value for value in values if _CANDIDATE.fullmatch(value)}


def _editor(one: Slot, value: Any, error: str, names: Mapping[str, str]) -> Editor:
    said = "" if value is None else str(value)
    default = "" if one.default is None else str(one.type.as_json(one.default))
    key = said if said in names else ""
    plain: dict[str, Any] = {
        "name": one.name,
        "label": labels.slot(one.name),
        "value": names.get(said, said)[:300],
        "required": one.required,
        "default": default,
        "error": error,
        "key": key,
    }
    return Editor(**plain | _control(one.type, said))


def _control(kind: types.SlotType, value: str) -> dict[str, Any]:
    if isinstance(kind, types.Window):
        return _window(value)
    if isinstance(kind, types.Int):
        return {"kind": "number", "low": kind.low, "high": kind.high}
    if isinstance(kind, types.Name):
        return {"kind": "text", "offers": "funds" if kind.of == "fund" else ""}
    options = _options(kind)
    if options is None:
        return {"kind": "text"}
    return {"kind": "select", "options": _with(options, value)}


def _options(kind: types.SlotType) -> list[tuple[str, str]] | None:
    if isinstance(kind, types.Choice):
        return [(key, labels.choice(key)) for key in kind.keys]
    if isinstance(kind, types.Stage):
        return [(stage.key, stage.label) for stage in words.read().stages]
    if isinstance(kind, types.Owner):
        return [(ME, "Me"), *((name, name) for _, name in words.read().people)]
    return None


def _window(value: str) -> dict[str, Any]:
    dates = _RANGE.fullmatch(value)
    known = [(name, labels.window(name)) for name in (*windows.NAMES, *_COUNTED)]
    options = known if dates else _with(known, value, labels.window(value))
    begins, ends = (dates[1] or "", dates[2] or "") if dates else ("", "")
    return {"kind": "window", "options": options, "begins": begins, "ends": ends}


def _with(options: list[tuple[str, str]], value: str, label: str = "") -> list[tuple[str, str]]:
    """What is filled in stays selectable, whatever it is: running again must not change it."""
    if not value or any(key == value for key, _ in options):
        return options
    return [*options, (value, (label or value)[:60])]
