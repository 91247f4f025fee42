"""Asking: what can be asked, an intent with its slots, a plain question. Counted, limited and audited as for every door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.mcp.callers import Caller
from crm_site.mcp.refusals import Refused
from crm_site.mcp.registry import tool
from crm_site.mcp.shapes import LONGEST, Paged, PageShown, Shown, cut
from nlquery import registry
from nlquery import services as nlquery
from nlquery.answers import ROW_CEILING, Envelope
from nlquery.understanding import Mode


class CatalogAsked(Paged):
    topic: Annotated[str, Field(max_length=60, description="Only this topic, such as `Pipeline`.")] = ""


class SlotShown(Shown):
    """choices, low, high: what fits; null where anything of the type does. labels: what the choices are called.

    of: what kind of name it is.
    """

    name: str
    type: str
    of: str | None = None
    required: bool
    default: Any
    choices: list[str] | None = None
    labels: dict[str, str] | None = None
    low: int | None = None
    high: int | None = None


class ExampleShown(Shown):
    question: str
    slots: dict[str, Any]


class IntentShown(Shown):
    intent: str
    topic: str
    answers: str
    slots: list[SlotShown]
    examples: list[ExampleShown]


class CatalogShown(PageShown):
    topics: list[str]
    intents: list[IntentShown]


class RowsAsked(Paged):
    limit: Annotated[int, Field(ge=1, le=ROW_CEILING, description="How many rows at most.")] = 50
    offset: Annotated[int, Field(ge=0, le=ROW_CEILING, description="`next_offset` of the page before.")] = 0


class IntentAsked(RowsAsked):
    intent: Annotated[str, Field(max_length=100, description="A key of `query_catalog`.")]
    slots: Annotated[
        dict[str, Any], Field(description="Slot → text or number; leave out what is not asked for.")
    ] = {}


class QuestionAsked(RowsAsked):
    question: Annotated[str, Field(min_length=1, max_length=LONGEST, description="In plain English.")]
    mode: Annotated[
        Literal["auto", "fast", "thinking"],
        Field(
            description="auto: grammar when it is certain, else the local model. fast: grammar only. thinking: the model."
        ),
    ] = "auto"


class ColumnShown(Shown):
    key: str
    label: str
    type: str


class AnswerShown(PageShown):
    """summary: one sentence, made by code from the rows. truncated: more rows matched than any answer holds."""

    intent: str
    slots: dict[str, Any]
    summary: str
    columns: list[ColumnShown]
    rows: list[dict[str, Any]]
    truncated: bool
    translator: str


class AnswersShown(Shown):
    """A question that needed several intents has several answers."""

    answers: list[AnswerShown]


@tool("query_catalog", "What can be asked", takes=CatalogAsked, gives=CatalogShown)
def query_catalog(caller: Caller, asked: CatalogAsked) -> CatalogShown:
    """All questions that `query` answers: each intent with its slots, what fits into them, and examples."""
    permissions.require(caller.actor, Verb.ASK)
    chosen = [one for one in registry.catalog() if not asked.topic or one["topic"] == asked.topic]
    page, place = cut(chosen[asked.offset :], asked)
    return CatalogShown(topics=list(registry.TOPICS), intents=[_intent(one) for one in page], **place)


@tool("query", "Ask by intent", takes=IntentAsked, gives=AnswerShown)
def query(caller: Caller, asked: IntentAsked) -> AnswerShown:
    """Run one intent of `query_catalog` with its slots: lists, rankings, sums, counts over the whole CRM.

    Names in slots are matched as a person would; several that could be meant come back as candidates, whose `key` the slot
    takes instead. Amounts of different currencies are never added.
    """
    return _page(nlquery.run(actor=caller.actor, intent=asked.intent, slots=asked.slots), asked)


@tool("ask", "Ask a question", takes=QuestionAsked, gives=AnswersShown)
def ask(caller: Caller, asked: QuestionAsked) -> AnswersShown:
    """Ask a question in plain English, such as “Who haven't we talked to in 60 days?”. Prefer `query` when an intent fits.

    It is answered by code from the records, or it says that it cannot be.
    """
    found = nlquery.ask(actor=caller.actor, question=asked.question, mode=Mode(asked.mode))
    answered = [one for one in found if one.status == "ok"] or found[:1]
    return AnswersShown(answers=[_page(one, asked) for one in answered])


def _page(answer: Envelope, asked: RowsAsked) -> AnswerShown:
    """Raises Refused, with the status as its code, for a question that has no answer as it stands."""
    if answer.status != "ok":
        raise Refused(answer.status, answer.summary, _why(answer))
    rows, place = cut(answer.rows[asked.offset :], asked)
    return AnswerShown(
        intent=answer.intent or "",
        slots=answer.slots,
        summary=answer.summary,
        columns=[ColumnShown(key=one.key, label=one.label, type=str(one.type)) for one in answer.columns],
        rows=rows,
        truncated=answer.truncated,
        translator=answer.translator,
        **place,
    )


def _intent(one: dict[str, Any]) -> IntentShown:
    slots = [SlotShown(**slot) for slot in one["slots"]]
    examples: Sequence[dict[str, Any]] = one["examples"]
    return IntentShown(
        intent=one["intent"],
        topic=one["topic"],
        answers=one["answers"],
        slots=slots,
        examples=[ExampleShown(**example) for example in examples],
    )


def _why(answer: Envelope) -> dict[str, Any]:
    """What could be done about it: errors by slot, whom a name could mean, what can be asked instead."""
    found: dict[str, Any] = dict(answer.errors)
    if answer.candidates:
        found["candidates"] = [{"key": one.key, "name": one.name} for one in answer.candidates]
        found["candidate_slot"] = answer.candidate_slot
    if answer.suggestions:
        found["suggestions"] = list(answer.suggestions)
    return found
