"""Which translator understands a question: the grammar where it is certain, else the model where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from crm_site.core import spark
from nlquery.translate import Translation, grammar, model

#: So many intents one question may run in mode `thinking`.
MOST = 3
_LETTER = re.compile(r"[^\W\d_]")


class Mode(StrEnum):
    """auto: grammar when it is certain, else the model. fast: grammar only. thinking: model only, up to `MOST` intents."""

    AUTO = "auto"
    FAST = "fast"
    THINKING = "thinking"


@dataclass(frozen=True)
class Understood:
    """How a question was understood; never empty. model_down: the model was wanted and did not answer.

    suggestions: questions that can be asked instead, for those that were not understood.
    """

    translations: list[Translation]
    model_down: bool = False
    suggestions: list[str] = field(default_factory=list)


def understand(question: str, mode: Mode = Mode.AUTO) -> Understood:
    """Translate a cleaned question in the organization in scope. Runs nothing."""
    by_rule = grammar.translate(question)
    if mode is Mode.FAST or not _LETTER.search(question):
        return Understood([by_rule], suggestions=by_rule.suggestions)
    if mode is Mode.AUTO and (grammar.is_certain(by_rule) or not spark.configured()):
        return Understood([by_rule], suggestions=by_rule.suggestions)
    try:
        found = model.translate(question, most=MOST if mode is Mode.THINKING else 1)
    except spark.ModelUnavailable:
        # What the grammar is not certain of is still better than nothing, and the answer says who understood it.
        return Understood([_instead(by_rule, mode)], model_down=True, suggestions=by_rule.suggestions)
    return Understood(found, suggestions=by_rule.suggestions)


def _instead(by_rule: Translation, mode: Mode) -> Translation:
    return Translation(None, {}, 0.0, "model") if mode is Mode.THINKING else by_rule
