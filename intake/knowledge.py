"""What the CRM knows, for the parser: `Known` answered from the database of the organization in scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from crm_site.accounts import members
from crm_site.contacts.models import Affiliation, Contact, ContactEmail
from crm_site.core import naming
from crm_site.investors.models import Fund, Investor, InvestorAlias, Stage

MAX_FUNDS = 200


class DatabaseKnown:
    """Loads the short lists once and looks names up one by one, remembering the answers for this message."""

    def __init__(self) -> None:
        self._investors: dict[str, str | None] = {}
        self._contacts: dict[str, str | None] = {}

    @cached_property
    def members(self) -> Sequence[str]:
        return [user.name for user in members.team()]

    @cached_property
    def funds(self) -> Sequence[str]:
        return list(Fund.objects.newest_first().values_list("name", flat=True)[:MAX_FUNDS])

    @cached_property
    def stages(self) -> Sequence[tuple[str, str]]:
        return list(Stage.objects.in_order().values_list("key", "label"))

    def find_investor(self, text: str) -> str | None:
        key = naming.firm_key(text)
        if key not in self._investors:
            self._investors[key] = self._investor(key) if key else None
        return self._investors[key]

    def find_contact(self, text: str) -> str | None:
        key = naming.person_key(text)
        if key not in self._contacts:
            found = Contact.objects.filter(name_key=key).order_by("id").first() if key else None
            self._contacts[key] = found.name if found else None
        return self._contacts[key]

    def find_domain(self, domain: str) -> str | None:
        host = naming.web_domain(domain)
        if not host or host in naming.FREE_MAIL:
            return None
        own = Investor.objects.filter(domain=host).order_by("id").first()
        if own is not None:
            return own.name
        people = ContactEmail.objects.filter(domain=host, contact__deleted_at__isnull=True).values(
            "contact_id"
        )
        places = Affiliation.objects.of_living().current().filter(contact_id__in=people)
        names = set(places.order_by().values_list("investor__name", flat=True)[:50])
        # Two firms behind one domain (a shared host, an adviser) tell nothing about which is meant.
        return names.pop() if len(names) == 1 else None

    def _investor(self, key: str) -> str | None:
        found = Investor.objects.filter(name_key=key).order_by("graveyard_at", "id").first()
        if found is not None:
            return found.name
        alias = InvestorAlias.objects.filter(name_key=key, investor__deleted_at__isnull=True)
        named = alias.select_related("investor").order_by("id").first()
        return named.investor.name if named else None
