"""The System page: whether everything that should run does."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.home import condition, doors
from crm_site.work import doctor, health
from crm_site.work import services as work
from intake.matrix import condition as matrix
from search import condition as index_condition
from search import services as search


@doors.page
@require_GET
def system(request: MemberRequest) -> HttpResponse:
    """What can be said at once; the questions to everything else follow by themselves."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    context = {
        "chain": condition.chain(),
        "stored": condition.stored(),
        "dead": condition.dead_work(),
        "bot": condition.bot(),
    }
    return render(request, "home/system.html", context)


@doors.page
@require_GET
def checks(request: MemberRequest) -> HttpResponse:
    """Each dependency asked, and the queues. May take seconds, so the page does not wait for it."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    # The bot's line names rooms of every organization; the page has a card of its own for this one's.
    lines = [line for line in doctor.examine() if line.name != matrix.DOCTOR]
    context = {"lines": lines, "clusters": health.now().clusters}
    return render(request, "home/checks.html", context)


@doors.page
@require_GET
def search_index(request: MemberRequest) -> HttpResponse:
    """How the index does. It asks the index, so the page does not wait for it; looks again by itself during a rebuild."""
    permissions.require(request.actor, Verb.READ_AUDIT)
    here = index_condition.here()
    context = {"here": here, "moving": here.is_asked or here.whole.rebuild is not None}
    return render(request, "home/system_index.html", context)


@doors.page
@require_POST
def rebuild_index(request: MemberRequest) -> HttpResponse:
    """Have the index built anew; its card shows how far that is."""
    search.rebuild_index(actor=request.actor)
    messages.success(request, "The index is built anew. You can leave this page.")
    return doors.back(request, "home:system")


@doors.page
@require_POST
def retry(request: MemberRequest, work_id: int) -> HttpResponse:
    """Give dead work another try."""
    permissions.require(request.actor, Verb.RETRY_WORK)
    work.retry_dead(actor=request.actor, work_id=work_id)
    messages.success(request, "Queued again.")
    return doors.back(request, "home:system")
