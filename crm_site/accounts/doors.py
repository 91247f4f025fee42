"""The web's door to settings: members only, a role that lacks a right gets the page that says who has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from crm_site.accounts import permissions
from crm_site.accounts.models import Membership, Organization, User
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of a member, as the middleware leaves it."""

    actor: Actor
    membership: Membership
    organization: Organization
    htmx: HtmxDetails
    user: User  # never anonymous behind `member`


def member(*verbs: Verb) -> Callable[[View], View]:
    """Let members in who have all these rights."""

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request, "membership", None) is None:
                if request.user.is_authenticated:
                    raise PermissionDenied("You are no member of an organization.")
                return redirect_to_login(request.get_full_path())
            asking = cast(MemberRequest, request)
            try:
                permissions.require(asking.actor, *verbs)
                return view(asking, *args, **kwargs)
            except CrmError as error:
                raise _as_page(error) from error

        return entered

    return guard


def show_refusal(form: Form, error: CrmError) -> None:
    """Put what a service said at the fields it named, so that what was typed is kept."""
    if error.http_status in (403, 404):
        raise error
    known = {name: str(said) for name, said in error.fields.items() if name in form.fields}
    for name, said in known.items():
        form.add_error(name, said)
    if not known:
        form.add_error(None, error.message)


def _as_page(error: CrmError) -> Exception:
    if error.http_status == 403:
        return PermissionDenied(error.message)
    return Http404(error.message) if error.http_status == 404 else error
