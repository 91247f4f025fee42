"""The search page, what reads like an investor, and the palette."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from crm_site.accounts import doors
from crm_site.accounts.permissions import Verb
from crm_site.investors.models import Investor
from search import forms, freshness, pages, palette, retrieve

RELATED = 5


@doors.member(Verb.READ)
@require_GET
def search(request: doors.MemberRequest) -> HttpResponse:
    """The box alone; with ?q= what was found. Mode, filters and page stand in the address."""
    asked = forms.read(request.GET)
    investor = Investor.objects.filter(pk=asked.investor_id).first() if asked.investor_id else None
    found = pages.found(asked, investor) if asked.text else None
    context = {
        "asked": asked,
        "investor": investor,
        "found": found,
        "next_page": asked.page + 1 if found and found.has_more and asked.page < forms.MOST_PAGES else None,
        "previous_page": asked.page - 1 if asked.page > 2 else None,
        "modes": pages.MODES,
        "kinds": [(kind.value, many) for kind, (_, many, _) in pages.KINDS.items()],
        "team": pages.team(),
        "is_new": not asked.text and not Investor.objects.exists(),
    }
    return render(request, "search/search.html", context)


@doors.member(Verb.READ)
@require_GET
def related(request: doors.MemberRequest, investor_id: int) -> HttpResponse:
    """A fragment: other investors whose records read alike."""
    investor = get_object_or_404(Investor.objects.all(), pk=investor_id)
    hits = retrieve.related(investor_id=investor.pk, limit=RELATED)
    return render(
        request,
        "search/related.html",
        {"lines": [pages.line(hit) for hit in hits], "has_index": freshness.has_index()},
    )


@doors.member(Verb.READ)
@require_GET
def go(request: doors.MemberRequest) -> HttpResponse:
    """A fragment: the palette's lines for what has been typed so far."""
    entries = palette.offered(request.actor, request.GET.get("q", ""))
    return render(request, "search/palette.html", {"entries": entries})
