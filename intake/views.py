"""The inbox: type a message, look at what it would write, say yes, no or something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crm_site.accounts import doors
from crm_site.accounts.permissions import NotAllowed
from crm_site.communications.choices import Kind
from crm_site.core.errors import CrmError, NotFound
from crm_site.investors.models import Fund, Stage
from crm_site.work.models import WorkItem
from intake import cards, services
from intake.choices import Source
from intake.forms import DecisionForm, MessageForm
from intake.models import InboundMessage, MessagePicture, Proposal
from intake.pictures import queueing
from intake.services import deciding

PER_PAGE = 20
RECENT = 10


@doors.member()
@require_GET
def inbox(request: doors.MemberRequest, form: MessageForm | None = None, status: int = 200) -> HttpResponse:
    """Proposals that wait (or, with ?show=done, those decided), the box, and messages still being read."""
    done = request.GET.get("show") == "done"
    found = Proposal.objects.with_message()
    rows = found.decided() if done else found.pending().order_by("-message_id", "ordinal")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form or MessageForm(),
        "page": page,
        "cards": [cards.card(proposal, live=False) for proposal in page],
        "reading": InboundMessage.objects.being_read()[:RECENT],
        "unwritten": InboundMessage.objects.newest_first().exclude(state__in=["received", "proposed"])[
            :RECENT
        ]
        if done
        else [],
        "done": done,
        "waiting_count": page.paginator.count if not done else Proposal.objects.pending().count(),
    }
    return render(request, "intake/inbox.html", context, status=status)


@doors.member()
@require_POST
def receive(request: doors.MemberRequest) -> HttpResponse:
    """Take in what was typed."""
    form = MessageForm(request.POST)
    typed = request.POST.get("text", "")
    try:
        services.receive(actor=request.actor, source=Source.WEB, body=typed)
    except NotAllowed:
        raise
    except CrmError as error:
        form.is_valid()
        form.add_error("text", error.fields.get("text", error.message))
        request.method = "GET"
        return inbox(request, form=form, status=error.http_status)
    return redirect("intake:inbox")


@doors.member()
@require_GET
def reading(request: doors.MemberRequest, message_id: int) -> HttpResponse:
    """A message on its way: the fragment the inbox asks for until it has been read."""
    message = get_object_or_404(InboundMessage.objects.newest_first(), pk=message_id)
    if message.state == "received":
        kinds = (*services.READING, *queueing.READING)
        failed = WorkItem.objects.dead().filter(kind__in=kinds, subject_id=message.pk).exists()
        return render(request, "intake/inbox.html#reading_row", {"message": message, "failed": failed})
    proposals = Proposal.objects.with_message().pending().filter(message=message)
    shown = [cards.card(proposal, live=True) for proposal in proposals]
    pictures = MessagePicture.objects.filter(message=message).values_list("problem", flat=True)
    problem = next(iter(pictures), "") if message.has_picture else ""
    context = {"message": message, "cards": shown, "problem": problem, **_choices()}
    return render(request, "intake/_read.html", context)


@doors.member()
@require_GET
def detail(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """One proposal with its live preview: a page by itself, or the card for htmx."""
    proposal = get_object_or_404(Proposal.objects.with_message(), pk=proposal_id)
    return _answer(request, proposal)


@doors.member()
@require_POST
def approve(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """Write it."""
    return _decide(request, proposal_id, lambda proposal, given: services.approve(
        actor=request.actor, proposal=proposal, revision=given["revision"]
    ))  # fmt: skip


@doors.member()
@require_POST
def reject(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """Write nothing."""
    return _decide(request, proposal_id, lambda proposal, given: services.reject(
        actor=request.actor, proposal=proposal, revision=given["revision"], reason=given["reason"]
    ))  # fmt: skip


@doors.member()
@require_POST
def pick(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """Take another candidate."""
    return _decide(request, proposal_id, lambda proposal, given: services.pick(
        actor=request.actor, proposal=proposal, revision=given["revision"], number=given["number"] or 0
    ))  # fmt: skip


@doors.member()
@require_POST
def make_new(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """None of the candidates: a new investor."""
    return _decide(request, proposal_id, lambda proposal, given: services.make_new(
        actor=request.actor, proposal=proposal, revision=given["revision"]
    ))  # fmt: skip


@doors.member()
@require_POST
def edit(request: doors.MemberRequest, proposal_id: int) -> HttpResponse:
    """Change fields."""

    def change(proposal: Proposal, given: dict[str, Any]) -> object:
        parsed = deciding.draft_of(proposal).parsed
        sent = {name[5:]: str(value) for name, value in request.POST.items() if name.startswith("edit_")}
        changed = cards.changed_fields(parsed, sent)
        if not changed:
            return proposal
        return services.edit(
            actor=request.actor, proposal=proposal, revision=given["revision"], values=changed
        )

    return _decide(request, proposal_id, change)


def _decide(
    request: doors.MemberRequest, proposal_id: int, act: Callable[[Proposal, dict[str, Any]], object]
) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.with_message(), pk=proposal_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _answer(request, proposal, error="Open the proposal again and answer once more.", status=422)
    try:
        act(proposal, form.cleaned_data)
    except (NotAllowed, NotFound):
        raise
    except CrmError as error:
        fresh = get_object_or_404(Proposal.objects.with_message(), pk=proposal_id)
        return _answer(request, fresh, error=error.message, fields=error.fields, status=422)
    fresh = get_object_or_404(Proposal.objects.with_message(), pk=proposal_id)
    if not request.htmx:
        toasts.success(request, f"{fresh.get_state_display()}.")
        return redirect("intake:inbox" if not fresh.is_pending else reverse("intake:detail", args=[fresh.pk]))
    return _answer(request, fresh)


def _answer(
    request: doors.MemberRequest,
    proposal: Proposal,
    *,
    error: str = "",
    fields: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "card": cards.card(proposal, live=True),
        "error": error,
        "error_fields": fields or {},
        **_choices(),
    }
    template = "intake/_card.html" if request.htmx else "intake/proposal.html"
    return render(request, template, context, status=status)


def _choices() -> dict[str, Any]:
    return {
        "kinds": Kind.choices,
        "stages": list(Stage.objects.in_order()),
        "funds": list(Fund.objects.newest_first()[:100]),
    }
