"""The Ask page: a question, or an intent with its slots, by GET, so that an answer has an address and works by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm_site.accounts import doors
from crm_site.accounts.permissions import Verb
from crm_site.core import spark, text
from crm_site.core.actor import Actor
from crm_site.investors.models import Investor
from nlquery import forms, pages, services, words
from nlquery.answers import Envelope
from nlquery.understanding import Mode

STATUS = {"model_unavailable": 503, "error": 500}


@dataclass
class _Outcome:
    """What came of the request. refused: why nothing was asked."""

    answers: list[Envelope] = field(default_factory=list)
    refused: str = ""
    status: int = 200


@doors.member(Verb.ASK)
@require_GET
def ask(request: doors.MemberRequest) -> HttpResponse:
    """The box alone; with ?q= the answer; with ?intent=&slot.…= the answer to an understood question as it was edited."""
    with words.kept():
        question = text.one_line(request.GET.get("q", ""))
        outcome = _outcome(request.actor, question, request.GET.dict())
        context = {
            "question": question,
            "thinking": request.GET.get("mode") == Mode.THINKING,
            "has_model": spark.configured(),
            "shown": pages.shown(outcome.answers),
            "refused": outcome.refused,
            "funds": [fund.name for fund in words.read().funds] if outcome.answers else [],
        }
        if request.htmx and not request.htmx.history_restore_request:
            # Always 200: htmx shows no other answer, and this one says itself what went wrong.
            return render(request, "nlquery/ask.html#answer", context | {"is_part": True})
        context |= {
            "history": pages.history(request.actor),
            # Below an answer a link to them will do.
            "topics": [] if outcome.answers else pages.topics(),
            "is_new": not outcome.answers and not Investor.objects.live().exists(),
        }
        return render(request, "nlquery/ask.html", context, status=outcome.status)


def _outcome(actor: Actor, question: str, sent: dict[str, str]) -> _Outcome:
    try:
        answers = _answers(actor, question, sent)
    except services.TooManyQuestions as error:
        return _Outcome(refused=error.message, status=error.http_status)
    status = STATUS.get(answers[0].status, 200) if answers else 200
    return _Outcome(answers, status=status)


def _answers(actor: Actor, question: str, sent: dict[str, str]) -> list[Envelope]:
    if sent.get("intent"):
        filled = forms.read(sent)
        return [services.run(actor=actor, intent=text.clean(sent["intent"]), slots=filled, question=question)]
    if not question:
        return []
    mode = Mode.THINKING if sent.get("mode") == Mode.THINKING else Mode.AUTO
    return services.ask(actor=actor, question=question, mode=mode)
