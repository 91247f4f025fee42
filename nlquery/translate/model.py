"""Translating by the local model. Its answer is a form from a stranger: read strictly, bounded, and validated like any."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from crm_site.core import spark, text
from nlquery import registry, runner, slots
from nlquery.translate import Translation, prompt

_log = logging.getLogger(__name__)

#: For the question and its one repair together: somebody waits for this.
TIMEOUT_S = 30.0
#: A longer answer is a model that does not stop; it is not worth decoding.
MAX_ANSWER_CHARS = 20_000
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_WORDS = re.compile(r"\W+")

SURE, REPAIRED, UNFOUNDED = 0.9, 0.7, 0.3


class Unusable(ValueError):
    """The answer is not what was asked for; `args` say what is wrong, one text each."""


@dataclass(frozen=True)
class _Query:
    """One query as the model wrote it. problems: why it may not run."""

    intent: str
    slots: dict[str, Any]
    problems: list[str]


def translate(question: str, *, most: int = 1) -> list[Translation]:
    """Ask the model for at most `most` intents, and once more when its answer is not allowed.

    Never empty: a question that it finds no intent for, or cannot answer in an allowed way, gives one Translation
    without intent. A known intent with a refused slot is handed on, so that a person can mend the slot; nothing else is.
    Raises spark.ModelUnavailable.
    """
    deadline = time.monotonic() + min(TIMEOUT_S, settings.SPARK_TIMEOUT_S)
    told = prompt.messages(question, most=most)
    schema = prompt.schema(most=most)
    answer = _chat(told, schema, deadline)
    queries, problems = _read(answer, most)
    sure = SURE
    if problems:
        again = {"role": "user", "content": prompt.repair(problems)}
        answer = _chat([*told, {"role": "assistant", "content": answer[:2000]}, again], schema, deadline)
        queries, problems = _read(answer, most)
        sure = REPAIRED
    if problems:
        _log.warning("The model's translation stayed unusable after one repair: %d problems.", len(problems))
    kept = [one for one in queries if not one.problems] or [one for one in queries if one.intent][:1]
    found = [Translation(one.intent, one.slots, _confidence(one, question, sure), "model") for one in kept]
    return found or [Translation(None, {}, 0.0, "model")]


def _chat(told: Sequence[prompt.Message], schema: dict[str, Any], deadline: float) -> str:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise spark.ModelUnavailable("The model took too long.")
    return spark.chat(told, schema=schema, name="queries", timeout_s=left_s)


def _read(answer: str, most: int) -> tuple[list[_Query], list[str]]:
    """The queries of an answer, and everything that is wrong with it."""
    try:
        found = _queries_in(_object_in(answer), most)
    except Unusable as error:
        return [], [str(one) for one in error.args]
    return found, [problem for one in found for problem in one.problems]


def _object_in(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER_CHARS:
        raise Unusable("it is too long")
    body = _THINKING.sub("", answer)
    start = body.find("{")
    if start < 0:
        raise Unusable("it holds no JSON object")
    try:
        found, _ = json.JSONDecoder(parse_constant=_refuse).raw_decode(body[start:])
    except (ValueError, RecursionError):
        raise Unusable("it is not JSON") from None
    return found  # type: ignore[no-any-return]  # it starts with a brace, so it is an object


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _queries_in(found: dict[str, Any], most: int) -> list[_Query]:
    listed = found.get("queries")
    if set(found) != {"queries"} or not isinstance(listed, list):
        raise Unusable('it must be {"queries": […]}')
    if len(listed) > most:
        raise Unusable(f"it holds more than {most} queries")
    return [_query(one) for one in listed]


def _query(given: object) -> _Query:
    if not isinstance(given, dict) or not set(given) <= {"intent", "slots"}:
        return _Query("", {}, ["a query has intent and slots, nothing else"])
    key, filled = given.get("intent"), given.get("slots", {})
    if not isinstance(key, str) or registry.get(key) is None:
        return _Query("", {}, [f"there is no intent {text.shorten(str(key), 40)}"])
    if not isinstance(filled, dict):
        return _Query("", {}, [f"{key}: slots is an object"])
    said = {name: value for name, value in filled.items() if value not in (None, "")}
    return _Query(key, said, _problems(key, said))


def _problems(key: str, said: dict[str, Any]) -> list[str]:
    errors = runner.faults(key, said)
    return [f"{key}.{text.shorten(name, 40)}: {text.shorten(why, 160)}" for name, why in errors.items()]


def _confidence(query: _Query, question: str, sure: float) -> float:
    """Less where a name or a topic does not stand in the question: models complete what they know from elsewhere."""
    entry = registry.get(query.intent)
    words = _plain(question)
    copied = [
        str(value)
        for name, value in query.slots.items()
        if entry and name in entry.slots and isinstance(entry.slots[name].type, slots.Name | slots.Text)
    ]
    founded = all(_plain(value) in words for value in copied)
    return round(sure if founded else sure - UNFOUNDED, 2)


def _plain(value: str) -> str:
    return _WORDS.sub(" ", value.casefold()).strip()
