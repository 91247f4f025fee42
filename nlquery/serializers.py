"""Answers and the catalogue as JSON: the contract's keys, and a few more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework import serializers

from crm_site.core.serializers import Choice, Given, Shown
from nlquery.answers import Envelope, Type
from nlquery.understanding import Mode

STATUSES = (
    "ok", "no_match", "unknown_intent", "invalid_slots", "not_found", "ambiguous", "model_unavailable", "error",
)  # fmt: skip
#: Longer texts are read, and refused in the envelope; this bounds what a refusal has to look at.
LONGEST = 100_000


class QuestionGiven(Given):
    """Either `question` (and how to translate it), or `intent` with `slots`."""

    question = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    mode = Choice(
        [(str(mode), str(mode)) for mode in Mode],
        required=False,
        default=str(Mode.AUTO),
        help_text="auto: the grammar when it is certain, else the model. fast: the grammar. thinking: the model, up to three intents.",
    )
    intent = serializers.CharField(required=False, max_length=100)
    slots = serializers.DictField(required=False, help_text="Slot → text or number, as in the catalogue.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked, direct = "question" in attrs, "intent" in attrs
        if not asked and not direct:
            raise serializers.ValidationError({"question": "Send a question, or an intent with its slots."})
        if not direct and "slots" in attrs:
            raise serializers.ValidationError({"intent": "Slots need their intent."})
        return attrs


class ColumnShown(Shown):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = Choice([(str(one), str(one)) for one in Type])


class NameMeant(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()
    key = serializers.CharField(help_text="What the slot takes instead of the name, such as `investor:12`.")


class EnvelopeShown(Shown):
    """An answer. Texts and amounts in rows are text, dates ISO 8601; a link's address stands under `<key>_url`."""

    status = Choice([(one, one) for one in STATUSES])
    intent = serializers.CharField(allow_null=True)
    slots = serializers.DictField()
    rows = serializers.ListField(child=serializers.DictField(), help_text="At most 500.")
    columns = ColumnShown(many=True)
    summary = serializers.CharField(help_text="One sentence.")
    chart = serializers.DictField(allow_null=True, help_text="What picture fits the rows.")
    question = serializers.CharField()
    truncated = serializers.BooleanField(help_text="More rows matched.")
    elapsed_ms = serializers.IntegerField()
    translator = serializers.CharField(help_text="model, grammar or direct.")
    confidence = serializers.FloatField(allow_null=True)
    candidates = NameMeant(many=True, help_text="Whom the name could mean, when ambiguous.")
    candidate_slot = serializers.CharField(help_text="The slot that takes a candidate's key.")
    errors = serializers.DictField(child=serializers.CharField(), help_text="Slot → what is wrong.")  # type: ignore[assignment]
    suggestions = serializers.ListField(child=serializers.CharField(), help_text="What can be asked instead.")
    model_down = serializers.BooleanField(help_text="The model was wanted and did not answer.")


class AnswersShown(EnvelopeShown):
    """The first answer; further ones of a question that needed several stand in `also`."""

    also = EnvelopeShown(many=True)


class ExampleShown(Shown):
    question = serializers.CharField()
    slots = serializers.DictField()


class SlotShown(Shown):
    name = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    default = serializers.JSONField(allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(), default=None, allow_null=True)
    low = serializers.IntegerField(default=None, allow_null=True)
    high = serializers.IntegerField(default=None, allow_null=True)


class IntentShown(Shown):
    intent = serializers.CharField()
    topic = serializers.CharField()
    answers = serializers.CharField()
    slots = SlotShown(many=True)
    examples = ExampleShown(many=True)


class CatalogShown(Shown):
    """Everything that can be asked."""

    intents = IntentShown(many=True)


def as_json(
    answers: Sequence[Envelope], *, picture: Callable[[Envelope], str] | None = None
) -> dict[str, Any]:
    """The first answer, with the others in `also`. picture: draws a chart, for a caller who wants it as `chart.svg`."""
    first, *others = (_one(answer, picture) for answer in answers)
    return first | {"also": others}


def _one(answer: Envelope, picture: Callable[[Envelope], str] | None) -> dict[str, Any]:
    said = dict(EnvelopeShown(answer).data)
    if picture and answer.chart:
        said["chart"] = {**answer.chart, "svg": str(picture(answer))}
    return said
