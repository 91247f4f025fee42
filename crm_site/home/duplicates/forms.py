"""Which record stays, and whose value each field takes."""

from __future__ import annotations

from typing import Any

from django import forms

from crm_site.home.duplicates.reading import Comparison

LEFT, RIGHT, BOTH = "left", "right", "both"


class MergeForm(forms.Form):
    """One choice for each field in which the two differ; notes can be kept both. versions: as the person saw them."""

    def __init__(self, found: Comparison, data: Any = None) -> None:
        super().__init__(data, initial=_first_choices(found))
        self.found = found
        self.fields["survivor"] = forms.ChoiceField(choices=[(LEFT, ""), (RIGHT, "")])
        for side, row in ((LEFT, found.left), (RIGHT, found.right)):
            self.fields[f"{side}_version"] = forms.IntegerField(
                min_value=1, max_value=2**31 - 1, initial=row.version
            )
        for line in found.lines:
            if line.differs:
                offered = [LEFT, RIGHT, BOTH] if line.name == "notes" else [LEFT, RIGHT]
                self.fields[line.name] = forms.ChoiceField(
                    choices=[(word, "") for word in offered], required=False
                )

    def rows(self) -> list[dict[str, Any]]:
        """The fields for the page: name, label, both values, and which side is chosen (empty where they agree)."""
        return [
            {
                "name": line.name,
                "label": line.label,
                "left": line.left,
                "right": line.right,
                "chosen": self[line.name].value() if line.differs else "",
                "can_be_both": line.name == "notes" and bool(line.left and line.right),
            }
            for line in self.found.lines
            if line.left or line.right
        ]

    @property
    def survivor_side(self) -> str:
        return str(self["survivor"].value())

    def chosen(self) -> dict[str, Any]:
        """Field → value, of the two records as they are now. Without `notes` when both are kept: the service joins them."""
        sides = {LEFT: self.found.left, RIGHT: self.found.right}
        picked = {line.name: self.cleaned_data.get(line.name) for line in self.found.lines if line.differs}
        return {name: getattr(sides[side], name) for name, side in picked.items() if side in sides}

    def versions(self) -> dict[int, int]:
        """Record id → the version that the person saw."""
        return {
            self.found.left.pk: self.cleaned_data["left_version"],
            self.found.right.pk: self.cleaned_data["right_version"],
        }

    def on_the_newest(self) -> MergeForm:
        """The same choices on the records as they are now."""
        data: dict[str, Any] = {name: self.data.get(name) for name in self.data}
        data["left_version"], data["right_version"] = self.found.left.version, self.found.right.version
        return MergeForm(self.found, data)


def _first_choices(found: Comparison) -> dict[str, str]:
    """The survivor's own values, the other's where it has none, the notes of both."""
    own, other = (LEFT, RIGHT) if found.likely_survivor is found.left else (RIGHT, LEFT)
    choices = {"survivor": own}
    for line in found.lines:
        ours, theirs = (line.left, line.right) if own == LEFT else (line.right, line.left)
        if line.name == "notes" and ours and theirs:
            choices[line.name] = BOTH
        else:
            # “Other” is the type of whoever nobody has looked at.
            empty = not ours or (line.name == "type" and ours == "Other")
            choices[line.name] = other if empty and theirs else own
    return choices
