"""Intents about people: theirs, and ours who know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet

from crm_site.accounts.models import Membership
from crm_site.communications.choices import State
from crm_site.communications.models import CommunicationMember
from crm_site.core import joined
from crm_site.relations import matching_people
from nlquery import resolving, slots, wording
from nlquery.answers import ROW_CEILING, Answer, Candidate, Column, Type
from nlquery.asking import Asking
from nlquery.intents.investors import INVESTOR
from nlquery.intents.one_investor import reach
from nlquery.registry import Example, intent, slot
from nlquery.resolving import Several, Unknown

TOPIC = "People"


@intent(
    "contact_lookup",
    topic=TOPIC,
    answers="People by name, e-mail or phone, with their investor and details",
    examples=[
        Example("What's Priya Nair's phone number?", {"contact": "Priya Nair"}),
        Example("Who is jane@blueheron.example?", {"contact": "jane@blueheron.example"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ContactLookup:
    """Everybody of that name, address or number, a row for each place they work at now. A name that nobody has but for a
    slip of the pen means the one it is like; several such are to choose from."""

    contact: str = slot(slots.Name("contact"), required=True)

    def answer(self, asking: Asking) -> Answer:
        rows = self._rows()
        people = len({row["contact_id"] for row in rows})
        firms = list(dict.fromkeys(row["investor"] for row in rows if row["investor"]))
        where = f" at {wording.listed(firms)}" if 1 <= len(firms) <= 3 else ""
        verb = "matches" if people == 1 else "match"
        summary = wording.sentence(f"{wording.count(people, 'person')}{where} {verb} “{self.contact}”")
        return Answer(_PEOPLE, rows[:ROW_CEILING], summary, len(rows) > ROW_CEILING)

    def _rows(self) -> list[dict[str, Any]]:
        return [row for one in self.people() for row in _lines(one)]

    def people(self) -> list[Any]:
        """Contacts with `places`, email, phone and last_on; at least one. Raises Unresolved."""
        found = self._found()
        if not found:
            raise Unknown(f"There is nobody “{self.contact}” among the contacts.", slot="contact")
        return found

    def _found(self) -> list[Any]:
        everybody = matching_people.with_places().annotate(**reach("pk"))
        number = resolving.id_in(self.contact, "contact")
        if number is not None:
            return list(everybody.filter(pk=number))
        exactly = list(everybody.filter(matching_people.known_as(self.contact))[: ROW_CEILING + 1])
        if exactly:
            return exactly
        named = list(everybody.filter(matching_people.with_words(self.contact))[: ROW_CEILING + 1])
        return named or list(everybody.filter(pk=self._slip()))

    def _slip(self) -> int:
        """The one person who is called nearly that; 0 for nobody. Raises Several."""
        alike = matching_people.alike(self.contact)
        if len(alike) > 1:
            candidates = [Candidate(one.pk, one.name, f"contact:{one.pk}") for one in alike]
            raise Several(
                f"“{self.contact}” could mean several. Which one?", slot="contact", candidates=candidates
            )
        return alike[0].pk if alike else 0


def _lines(one: Any) -> Iterator[dict[str, Any]]:
    """A row for each place."""
    for place in joined.opened(one.places) or [{}]:
        yield {
            **wording.contact_link(one.pk, one.name),
            "contact_id": one.pk,
            "title": place.get("title", ""),
            **wording.investor_link(place.get("investor_id"), place.get("investor")),
            "email": one.email or "",
            "phone": one.phone or "",
            "last_contacted": wording.iso(one.last_on),
        }


_PEOPLE = [
    Column("name", "Name", Type.LINK), Column("title", "Title"), INVESTOR, Column("email", "E-mail"),
    Column("phone", "Phone"), Column("last_contacted", "Last contacted", Type.DATE),
]  # fmt: skip


@intent(
    "who_knows",
    topic=TOPIC,
    answers="Which of our team have communicated with an investor, how often, and when last",
    examples=[
        Example("Who on our team knows Cedar Row Partners?", {"investor": "Cedar Row Partners"}),
        Example("Who here has a relationship with Blue Heron Capital?", {"investor": "Blue Heron Capital"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class WhoKnows:
    """Those who took part, whoever wrote it down among them. Members who have left are not of the team."""

    investor: str = slot(slots.Name("investor"), required=True)

    def answer(self, asking: Asking) -> Answer:
        meant = asking.investor(self.investor)
        rows = [
            {"member": name, "communications": number, "last": wording.iso(last)}
            for name, number, last in _acquainted(meant.pk)
        ]
        columns = [
            Column("member", "Member"), Column("communications", "Communications", Type.INT),
            Column("last", "Last", Type.DATE),
        ]  # fmt: skip
        return Answer(columns, rows, _known(meant.name, rows), group="member", number="communications")


def _acquainted(investor_id: int) -> QuerySet[CommunicationMember, tuple[str, int, date]]:
    """(member, how often, last when), most often first."""
    team = Membership.objects.people().order_by().values("user_id")
    took_part = CommunicationMember.objects.filter(
        user_id__in=team,
        communication__investor_id=investor_id,
        communication__deleted_at__isnull=True,
        communication__state=State.HAPPENED,
    )
    counted = took_part.order_by().values("user_id", "user__name")
    counted = counted.annotate(number=Count("id"), last=Max("communication__occurred_on"))
    return counted.order_by("-number", "user__name").values_list("user__name", "number", "last")[:ROW_CEILING]


def _known(investor: str, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return wording.sentence(f"nobody on the team has communicated with {investor} yet")
    best = rows[0]
    members = wording.count(len(rows), "member")
    verb = "has" if len(rows) == 1 else "have"
    times = wording.count(best["communications"], "time")
    last = wording.day(date.fromisoformat(best["last"]))
    most = (
        f"{best['member']} {times}, last on {last}"
        if len(rows) == 1
        else f"most often {best['member']} ({times}, last on {last})"
    )
    return wording.sentence(f"{members} of the team {verb} communicated with {investor}: {most}")
