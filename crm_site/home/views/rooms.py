"""Settings: the Matrix rooms of the organization, what each is for, and how the bot gets there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.accounts.doors import MemberRequest, member, show_refusal
from crm_site.accounts.models import MatrixIdentity
from crm_site.accounts.permissions import Verb
from crm_site.core.errors import CrmError
from crm_site.home.room_forms import RoomForm, UseForm
from intake.matrix.models import MatrixRoom
from intake.matrix.services import settings_of_rooms

manage_settings = member(Verb.MANAGE_SETTINGS)


@require_http_methods(["GET", "HEAD", "POST"])
@manage_settings
def rooms(request: MemberRequest) -> HttpResponse:
    """All rooms, and a form for one more."""
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settings_of_rooms.add_room(actor=request.actor, **form.cleaned_data)
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The room is added. Now invite the bot there.")
            return redirect("rooms:list")
    return _page(request, form)


@require_POST
@manage_settings
def change(request: MemberRequest, pk: int) -> HttpResponse:
    """Use a room for something else."""
    room = get_object_or_404(MatrixRoom.objects.filter(replaced_by=""), pk=pk)
    form = UseForm(request.POST, prefix=f"room{pk}")
    if form.is_valid():
        try:
            changed = settings_of_rooms.change_room(actor=request.actor, room=room, **form.cleaned_data)
        except CrmError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{room}: saved." if changed else f"{room}: nothing was changed.")
            return redirect("rooms:list")
    return _page(request, RoomForm(), tried=(pk, form))


def _page(
    request: MemberRequest, form: RoomForm, *, tried: tuple[int, UseForm] | None = None
) -> HttpResponse:
    """tried: the room whose form was refused, with what was typed."""
    found = list(MatrixRoom.objects.order_by("replaced_by", "id"))
    rows = []
    for room in found:
        standing = {"purpose": room.purpose, "posts_digest": room.posts_digest}
        use = UseForm(initial=standing, prefix=f"room{room.pk}")
        rows.append((room, tried[1] if tried and tried[0] == room.pk else use))
    context = {
        "tab": "rooms",
        "form": form,
        "rows": rows,
        "bot": settings.MATRIX.user if settings.MATRIX.homeserver else "",
        "reads_encrypted": settings.MATRIX.e2ee,
        "linked": MatrixIdentity.objects.count(),
    }
    return render(request, "accounts/rooms.html", context)
