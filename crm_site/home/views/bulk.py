"""Changes to the investors ticked in the grid, and taking one back."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm_site.accounts.doors import MemberRequest
from crm_site.core import fields
from crm_site.core.errors import NotFound
from crm_site.home import doors, services
from crm_site.home.services import Before
from crm_site.investors.models import Fund, Stage

UNDO_KEY = "grid_undo"


@doors.page
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    """Do one thing to all ticked investors, or to none of them."""
    action = request.POST.get("action", "")
    if action not in _ACTIONS:
        fields.refuse("action", "Choose what to do with the ticked investors.")
    ids = [int(word) for word in request.POST.getlist("ids") if word.isascii() and word.isdecimal()]
    before, said = _ACTIONS[action](request, [one for one in ids if one < 2**62])
    token = secrets.token_urlsafe(9)
    request.session[UNDO_KEY] = {"token": token, "action": action, "before": before}
    undo = f"undo:{reverse('home:bulk_undo', args=[token])}" if before else ""
    messages.success(request, said, extra_tags=undo)
    return doors.back(request, "home:grid")


@doors.page
@require_POST
def undo(request: MemberRequest, token: str) -> HttpResponse:
    """Put back what the last such change replaced."""
    kept = request.session.get(UNDO_KEY) or {}
    if kept.get("token") != token:
        raise NotFound("This can no longer be undone here. The history of each investor still shows it.")
    number = services.take_back(actor=request.actor, action=kept["action"], before=kept["before"])
    del request.session[UNDO_KEY]
    messages.success(request, f"Put back: {_investors(number)}.")
    return doors.back(request, "home:grid")


def _assign(request: MemberRequest, ids: list[int]) -> tuple[Before, str]:
    user_id = _number(request.POST, "owner")
    before = services.assign_many(actor=request.actor, investor_ids=ids, user_id=user_id)
    return before, f"Owner set for {_investors(len(before))}."


def _move(request: MemberRequest, ids: list[int]) -> tuple[Before, str]:
    stage = Stage.objects.filter(key=request.POST.get("stage", "")).first()
    if stage is None:
        fields.refuse("stage", "Choose a stage.")
    fund_id = _number(request.POST, "fund")
    fund = Fund.objects.filter(pk=fund_id).first() if fund_id else None
    if fund_id and fund is None:
        raise NotFound("There is no such fund.")
    before = services.move_many(actor=request.actor, investor_ids=ids, stage=stage, fund=fund)
    return before, f"Moved {_investors(len(set(ids)))} to {stage.label}."


def _tag(request: MemberRequest, ids: list[int]) -> tuple[Before, str]:
    tag = request.POST.get("tag", "")
    before = services.tag_many(actor=request.actor, investor_ids=ids, tag=tag)
    return before, f"Tagged {_investors(len(before))}."


def _retire(request: MemberRequest, ids: list[int]) -> tuple[Before, str]:
    before = services.retire_many(
        actor=request.actor, investor_ids=ids, reason=request.POST.get("reason", "")
    )
    return before, f"Moved {_investors(len(before))} to the graveyard."


_ACTIONS: dict[str, Callable[[MemberRequest, list[int]], tuple[Before, str]]] = {
    "owner": _assign,
    "stage": _move,
    "tag": _tag,
    "retire": _retire,
}


def _number(data: QueryDict, name: str) -> int | None:
    word = data.get(name, "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else None


def _investors(number: int) -> str:
    return "1 investor" if number == 1 else f"{number} investors"
