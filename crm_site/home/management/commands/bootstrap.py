"""`manage.py bootstrap`: the first organization, its owner and the default stages. Safe to run again."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.accounts import services as accounts
from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.core import scope, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from crm_site.investors import services as investors


class Command(BaseCommand):
    help = "Make the first organization, its owner and the default stages; change nothing that is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="Roundtable", help="the organization's name")
        parser.add_argument("--slug", default="", help="its short name; made from the name when left out")
        parser.add_argument("--currency", default="USD", help="its currency, three letters")
        parser.add_argument(
            "--time-zone", default=settings.ORGANIZATION_TIME_ZONE, help="for example Europe/Berlin"
        )
        parser.add_argument("--email", default="owner@roundtable.local", help="the owner's e-mail")
        parser.add_argument("--password", default=None, help="the owner's password; drawn when left out")
        parser.add_argument("--json", action="store_true", help="one line of JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = _bootstrap(options)
        except CrmError as error:
            said = "; ".join(f"{name}: {why}" for name, why in error.fields.items())
            raise CommandError(said or error.message) from error
        self.stdout.write(json.dumps(done) if options["json"] else _in_words(done))


@unit.atomic
def _bootstrap(options: dict[str, Any]) -> dict[str, Any]:
    organization = _standing(options["slug"])
    is_new = organization is None
    if organization is None:
        organization = accounts.create_organization(
            name=options["name"],
            slug=options["slug"],
            time_zone=options["time_zone"],
            currency=options["currency"],
        )
    with scope.scope(organization):
        actor = Actor.system(organization_id=organization.pk, label="bootstrap")
        investors.make_default_stages(actor=actor)
        owner = Membership.objects.with_role(Role.OWNER).first()
        password = None
        if owner is None:
            made = accounts.add_member(
                actor=actor,
                email=options["email"],
                name=options["email"].split("@")[0].capitalize(),
                role=Role.OWNER,
                password=options["password"],
            )
            owner, password = made.membership, made.password
            is_new = True
    return {
        "organization": organization.slug,
        "organization_id": organization.pk,
        "email": owner.user.email,
        "password": password,
        "created": is_new,
    }


def _standing(slug: str) -> Organization | None:
    """The organization meant: the one of that short name, else the first."""
    rows = Organization.objects.order_by("id")
    return (rows.filter(slug=slug) if slug else rows).first()


def _in_words(done: dict[str, Any]) -> str:
    if not done["created"]:
        return (
            f"Organization {done['organization']} is there, with its owner {done['email']}. Nothing changed."
        )
    words = f"Organization {done['organization']} is ready. Its owner logs in as {done['email']}"
    return f"{words}, one-time password {done['password']}" if done["password"] else f"{words}."
