"""One reading of a message: the steps in their order, timed and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.utils import timezone

from crm_site.core import faults, scope, spark, text
from crm_site.investors.models import Investor
from intake.drafts import Draft
from intake.knowledge import DatabaseKnown
from intake.parsed import ParsedMessage
from intake.parser import grammar, model, verify
from intake.pipeline import steps

T = TypeVar("T")
#: A message of this sort is not worth a model call: the rules are sure.
SURE = 0.85
STOPS = frozenset({"question", "ignore"})


@dataclass(frozen=True)
class Step:
    """What one step got and gave (JSON), how sure it is (0..1), and how long it took."""

    name: str
    taken: dict[str, Any]
    given: dict[str, Any]
    confidence: float | None
    duration_ms: float


@dataclass
class Reading:
    """The result. intent: of the whole message. degraded: why no model was used although one is set up; else empty."""

    started_at: datetime
    intent: str = "ignore"
    parser: str = "grammar"
    degraded: str = ""
    drafts: list[Draft] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    duration_ms: int = 0


def read(body: str, *, sent_at: datetime, parser: str | None = None) -> Reading:
    """Read one message of the organization in scope.

    parser: "model" or "grammar"; None takes the model when one is set up and falls back to the grammar.
    Raises spark.ModelUnavailable only when the model was asked for by name.
    """
    began = time.monotonic()
    reading = Reading(started_at=timezone.now())
    reader = _Reader(reading, DatabaseKnown(), sent_at)
    reader.run(body, parser)
    reading.duration_ms = round((time.monotonic() - began) * 1000)
    return reading


def fill(parsed: ParsedMessage, *, investor: Investor | None = None, new_investor: bool = False) -> Reading:
    """The reading of a message whose fields its writer has filled in: nothing is parsed, the same checks look at it.

    investor: whom it is about, when that is known. new_investor: nobody the CRM knows, whoever is alike.
    """
    began = time.monotonic()
    reading = Reading(started_at=timezone.now(), intent=parsed.intent, parser=parsed.parser)
    reader = _Reader(reading, DatabaseKnown(), reading.started_at)
    meant = partial(steps.named, parsed, investor=investor, new_investor=new_investor)
    reading.drafts = [reader.draft(parsed, meant)]
    reading.duration_ms = round((time.monotonic() - began) * 1000)
    return reading


class _Reader:
    def __init__(self, reading: Reading, known: DatabaseKnown, sent_at: datetime) -> None:
        self.reading = reading
        self.known = known
        self.sent_at = sent_at
        self.zone = scope.zone()

    def run(self, body: str, parser: str | None) -> None:
        cleaned = self._step("normalise", {"characters": len(body)}, lambda: text.clean(body).strip(), _size)
        by_rules = self._step(
            "classify", {"characters": len(cleaned)}, lambda: self._grammar(cleaned), _intent
        )
        use_model = parser == "model" or (parser is None and spark.configured())
        sure = by_rules.confidence.get("intent", 0.0)
        if not use_model or (parser is None and by_rules.intent in STOPS and sure >= SURE):
            found = self._step("extract", {"parser": "grammar"}, lambda: by_rules, _message)
        else:
            found = self._step(
                "extract", {"parser": "model"}, lambda: self._model(cleaned, by_rules, parser), _message
            )
        self.reading.parser = found.parser
        checked = self._step("verify", {}, lambda: self._verify(found, cleaned, by_rules), _message)
        self.reading.intent = checked.intent
        writes = [part for part in steps.split(checked) if part.intent not in STOPS]
        drafts = [self.draft(part, partial(steps.match, part)) for part in writes]
        self._step(
            "propose", {"parts": len(drafts)}, lambda: drafts, lambda made: ({"proposals": len(made)}, None)
        )
        self.reading.drafts = drafts

    def draft(self, part: ParsedMessage, meant: Callable[[], Draft]) -> Draft:
        """What one part proposes. meant: finds out whom it is about."""
        draft = self._step("match", {"investor": part.investor_name}, meant, _match)
        for name, step in steps.CHECKS:
            draft = self._step(name, {}, lambda step=step, draft=draft: step(draft), _draft_state)  # type: ignore[misc]
        return draft

    def _grammar(self, cleaned: str) -> ParsedMessage:
        return grammar.parse(cleaned, sent_at=self.sent_at, zone=self.zone, known=self.known)

    def _model(self, cleaned: str, by_rules: ParsedMessage, parser: str | None) -> ParsedMessage:
        try:
            return model.extract(cleaned, sent_at=self.sent_at, zone=self.zone, known=self.known, chat=_chat)
        except (spark.ModelUnavailable, model.BadAnswer) as error:
            if parser == "model":
                raise
            self.reading.degraded = str(error)
            return by_rules

    def _verify(self, found: ParsedMessage, cleaned: str, by_rules: ParsedMessage) -> ParsedMessage:
        return verify.verify(
            found, text=cleaned, sent_at=self.sent_at, zone=self.zone, known=self.known, rules=by_rules
        )

    def _step(
        self,
        name: str,
        taken: dict[str, Any],
        work: Callable[[], T],
        told: Callable[[T], tuple[dict[str, Any], float | None]],
    ) -> T:
        began = time.perf_counter()
        result = work()
        spent_ms = (time.perf_counter() - began) * 1000
        given, confidence = told(result)
        self.reading.steps.append(Step(name, taken, given, confidence, round(spent_ms, 2)))
        faults.point(f"intake.{name}")
        return result


def _chat(messages: Sequence[model.Message], schema: Mapping[str, Any]) -> str:
    return spark.chat(messages, schema=schema, name="parsed_message")


def _size(cleaned: str) -> tuple[dict[str, Any], float | None]:
    return {"characters": len(cleaned)}, None


def _intent(found: ParsedMessage) -> tuple[dict[str, Any], float | None]:
    return {"intent": found.intent}, found.confidence.get("intent")


def _message(found: ParsedMessage) -> tuple[dict[str, Any], float | None]:
    sure = [value for value in found.confidence.values()]
    return found.to_json(), round(sum(sure) / len(sure), 3) if sure else None


def _match(draft: Draft) -> tuple[dict[str, Any], float | None]:
    return draft.match.to_json(), draft.match.score


def _draft_state(draft: Draft) -> tuple[dict[str, Any], float | None]:
    return {"notes": list(draft.notes)}, None
