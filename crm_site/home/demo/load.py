"""Turns planned investors into rows of all the tables they touch, block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_site.communications.models import (
    Communication,
    CommunicationContact,
    CommunicationMember,
    Fact,
    Reminder,
)
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.core import naming
from crm_site.home.demo import bulk
from crm_site.home.demo.bulk import Row, Table
from crm_site.home.demo.shapes import Profile, Talk
from crm_site.investors.models import (
    Fund,
    Investor,
    InvestorAlias,
    InvestorGram,
    InvestorTag,
    Opportunity,
    Stage,
    StageChange,
    Tag,
)

KEPT = "created_at updated_at created_by_id"


@dataclass(frozen=True)
class Standing:
    """What is there before the investors: members by place in the team, funds by place, stages and tags by key."""

    organization_id: int
    member_ids: Sequence[int]
    funds: Sequence[Fund]
    stages: Mapping[str, Stage]
    tags: Mapping[str, Tag]
    now: datetime


@dataclass
class _Pending:
    """Rows of one block that wait for their parents."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, *row: Any) -> None:
        self.rows.setdefault(table, []).append(row)


class Loader:
    """Writes blocks of investors. Parents go first, so that foreign keys hold at every moment."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        shared = {
            "organization_id": standing.organization_id, "version": 1, "created_at": standing.now,
            "updated_at": standing.now, "created_by_id": None,
        }  # fmt: skip

        def table(model: Any, columns: str) -> Table:
            return Table(model, columns, shared)

        self.tables = {
            "investor": table(
                Investor,
                f"id name name_key type assigned_to_id location website domain lead_source notes graveyard_at graveyard_reason graveyard_by_id {KEPT}",
            ),
            "alias": table(InvestorAlias, "investor_id name name_key created_at updated_at"),
            "investor gram": table(InvestorGram, "investor_id gram"),
            "investor tag": table(InvestorTag, "investor_id tag_id"),
            "contact": table(Contact, f"id name name_key linkedin notes {KEPT}"),
            "email": table(ContactEmail, "contact_id email domain is_primary created_at updated_at"),
            "phone": table(ContactPhone, "contact_id number written is_primary created_at updated_at"),
            "contact gram": table(ContactGram, "contact_id gram"),
            "affiliation": table(
                Affiliation, "contact_id investor_id title from_on to_on is_primary created_at updated_at"
            ),
            "opportunity": table(
                Opportunity,
                f"id investor_id fund_id stage_id expected committed probability close_on committed_on stage_since {KEPT}",
            ),
            "stage change": table(
                StageChange, "opportunity_id from_stage_id to_stage_id changed_at changed_by_id note"
            ),
            "communication": table(
                Communication,
                f"id investor_id opportunity_id kind state direction occurred_on occurred_at subject body captured_via {KEPT}",
            ),
            "communication contact": table(CommunicationContact, "communication_id contact_id"),
            "communication member": table(CommunicationMember, "communication_id user_id"),
            "reminder": table(
                Reminder,
                f"investor_id opportunity_id communication_id text due_on due_time assigned_to_id state closed_at closed_by_id {KEPT}",
            ),
            "fact": table(Fact, f"investor_id contact_id communication_id text topic confidence {KEPT}"),
        }
        self.counts: dict[str, int] = dict.fromkeys(self.tables, 0)

    def write(self, block: Sequence[Profile]) -> list[int]:
        """Store a block; returns the ids of its investors, in order."""
        ids = self.tables["investor"].take_ids(len(block))
        contacts = iter(self.tables["contact"].take_ids(sum(len(profile.people) for profile in block)))
        deals = iter(self.tables["opportunity"].take_ids(sum(len(profile.deals) for profile in block)))
        talks = iter(self.tables["communication"].take_ids(sum(len(profile.talks) for profile in block)))
        pending = _Pending()
        for investor_id, profile in zip(ids, block, strict=True):
            self._investor(pending, investor_id, profile)
            people = [next(contacts) for _ in profile.people]
            self._people(pending, investor_id, profile, people)
            by_fund = {deal.fund: next(deals) for deal in profile.deals}
            self._deals(pending, investor_id, profile, by_fund)
            for talk in profile.talks:
                self._talk(pending, investor_id, next(talks), talk, people, by_fund)
        for name, table in self.tables.items():
            self.counts[name] += table.insert(pending.rows.get(name, ()))
        return ids

    def finish(self) -> None:
        """After the last block: let the database know its new sizes."""
        bulk.gather_statistics(table.model for table in self.tables.values())

    def _member(self, place: int | None) -> int | None:
        return None if place is None else self.standing.member_ids[place]

    def _investor(self, pending: _Pending, pk: int, profile: Profile) -> None:
        key, made = naming.firm_key(profile.name), profile.created_at
        retired_by = self._member(0) if profile.retired_at else None
        pending.add(
            "investor", pk, profile.name, key, profile.type, self._member(profile.owner), profile.place.city, profile.website,
            naming.web_domain(profile.website), profile.lead_source, profile.notes, profile.retired_at, profile.retired_reason,
            retired_by, made, made, self._member(profile.owner),
        )  # fmt: skip
        grams = set(naming.trigrams(key))
        for alias in profile.aliases:
            alias_key = naming.firm_key(alias)
            grams |= naming.trigrams(alias_key)
            pending.add("alias", pk, alias, alias_key, made, made)
        for gram in sorted(grams):
            pending.add("investor gram", pk, gram)
        for tag in profile.tags:
            pending.add("investor tag", pk, self.standing.tags[naming.fold(tag)].pk)

    def _people(self, pending: _Pending, investor_id: int, profile: Profile, ids: Sequence[int]) -> None:
        made, today = profile.created_at, self.standing.now.date()
        for at, (pk, person) in enumerate(zip(ids, profile.people, strict=True)):
            key = naming.person_key(person.name)
            pending.add(
                "contact",
                pk,
                person.name,
                key,
                person.linkedin,
                person.notes,
                made,
                made,
                self._member(profile.owner),
            )
            for gram in sorted(naming.trigrams(key)):
                pending.add("contact gram", pk, gram)
            if person.email:
                pending.add("email", pk, person.email, naming.email_domain(person.email), True, made, made)
            if person.phone:
                number = "+" + "".join(letter for letter in person.phone if letter.isdigit())
                pending.add("phone", pk, number, person.phone, True, made, made)
            left_on = today if person.left else None
            pending.add(
                "affiliation", pk, investor_id, person.title, person.since_on, left_on, at == 0, made, made
            )

    def _deals(self, pending: _Pending, investor_id: int, profile: Profile, ids: Mapping[int, int]) -> None:
        stages = self.standing.stages
        for deal in profile.deals:
            first, last = deal.moves[0], deal.moves[-1]
            pending.add(
                "opportunity", ids[deal.fund], investor_id, self.standing.funds[deal.fund].pk, stages[deal.stage].pk,
                deal.expected, deal.committed, deal.probability, deal.close_on, deal.committed_on, last.at, first.at, last.at,
                self._member(first.by),
            )  # fmt: skip
            for move in deal.moves:
                before = stages[move.from_key].pk if move.from_key else None
                pending.add(
                    "stage change",
                    ids[deal.fund],
                    before,
                    stages[move.to_key].pk,
                    move.at,
                    self._member(move.by),
                    move.note,
                )

    def _talk(
        self,
        pending: _Pending,
        investor_id: int,
        pk: int,
        talk: Talk,
        people: Sequence[int],
        deals: Mapping[int, int],
    ) -> None:
        writer = self._member(talk.members[0])
        deal = deals.get(talk.fund) if talk.fund is not None else None
        # A plan is written down before it happens.
        made = min(talk.at, self.standing.now)
        pending.add(
            "communication", pk, investor_id, deal, talk.kind, talk.state, talk.direction, talk.at.date(),
            talk.at if talk.has_time else None, talk.subject, talk.body, talk.via, made, made, writer,
        )  # fmt: skip
        for place in talk.people:
            pending.add("communication contact", pk, people[place])
        for place in talk.members:
            pending.add("communication member", pk, self._member(place))
        if talk.step:
            step = talk.step
            keeper = self._member(step.owner)
            closer = keeper if step.closed_at else None
            pending.add(
                "reminder", investor_id, deal, pk, step.text, step.due_on, step.due_time, keeper, step.state, step.closed_at,
                closer, made, step.closed_at or made, writer,
            )  # fmt: skip
        if talk.memory:
            fact = talk.memory
            about = people[fact.person] if fact.person is not None else None
            pending.add(
                "fact", investor_id, about, pk, fact.text, fact.topic, fact.confidence, made, made, writer
            )
