"""A small organization in which anything may happen, with a plain account of what each record should hold at the end.

The account knows nothing of merges: once all are taken back and the trash is emptied into the desk, every row must be
where it was made and every field must hold what somebody last wrote into it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from crm_site.communications import services as communications
from crm_site.communications.models import Communication
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Affiliation, Contact, ContactEmail
from crm_site.core import unit
from crm_site.core.errors import CrmError
from crm_site.core.models import Kept
from crm_site.investors import services as investors
from crm_site.investors.models import Investor, InvestorTag, Opportunity
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion, Merge
from crm_site.tests import cast

#: Where a row of each kind hangs.
OWNER = {
    "communication": "investor_id", "reminder": "investor_id", "fact": "investor_id", "opportunity": "investor_id",
    "affiliation": "investor_id", "contactemail": "contact_id", "investoralias": "investor_id",
}  # fmt: skip
FIELDS = {Investor: ("name", "location", "notes"), Contact: ("name", "linkedin", "notes")}
Step = tuple[str, int, int]


class Office:
    """Three firms, three people, two funds. `do` takes a step and tells whether it was possible."""

    def __init__(self) -> None:
        self.number = count(1)
        self.firms = [cast.make_investor(name) for name in ("Alder", "Birch", "Cedar")]
        self.people = [cast.make_contact(name) for name in ("Ada Lind", "Bo Lind", "Cy Lind")]
        self.funds = [cast.make_fund("Fund I"), cast.make_fund("Fund II")]
        #: (table, id) → the column that says where it hangs, the record it was made at, the person it is about.
        self.made: dict[tuple[type[Kept], int], tuple[str, int]] = {}
        self.named: dict[int, set[int]] = {}
        self.tags: dict[int, set[str]] = {firm.pk: set() for firm in self.firms}
        self.written: dict[tuple[type[Kept], int, str], Any] = {
            (type(row), row.pk, name): getattr(row, name)
            for row in (*self.firms, *self.people)
            for name in FIELDS[type(row)]
        }
        #: (merge, field) pairs that were written on after the merge had set them.
        self.edited_since: set[tuple[int, str]] = set()

    def do(self, step: Step) -> bool:
        name, first, second = step
        act: Callable[[int, int], None] = getattr(self, f"_{name}")
        try:
            with unit.savepoint():
                act(first, second)
        except CrmError:
            return False
        return True

    def _keep(self, row: Kept) -> None:
        column = OWNER[str(row._meta.model_name)]
        self.made[type(row), row.pk] = (column, getattr(row, column))

    def _firm(self, number: int) -> Investor:
        """The row as somebody read it long ago, maybe before it was merged."""
        return self.firms[number % 3]

    def _person(self, number: int) -> Contact:
        return self.people[number % 3]

    def _edit(self, first: int, second: int) -> None:
        row: Any = [*self.firms, *self.people][first % 6]
        name = FIELDS[type(row)][second % len(FIELDS[type(row)])]
        value = f"Text {next(self.number)}"
        current = type(row).all_objects.get(pk=row.pk)
        service = investors.edit_investor if isinstance(row, Investor) else contacts.edit_contact
        noun = "investor" if isinstance(row, Investor) else "contact"
        service(actor=cast.system(), values={name: value}, **{noun: current})
        self.written[type(row), row.pk, name] = value
        standing = Merge.objects.standing().filter(label=row._meta.label_lower, survivor_id=row.pk)
        self.edited_since |= {(merge.pk, name) for merge in standing if name in merge.fields}

    def _deal(self, first: int, second: int) -> None:
        firm, fund, amount = self._firm(first), self.funds[second % 2], f"{next(self.number)}000"
        known = Opportunity.objects.filter(investor=firm, fund=fund).first()
        if known is None:
            self._keep(cast.make_opportunity(investor=firm, fund=fund, expected=amount))
        else:
            investors.edit_opportunity(actor=cast.system(), opportunity=known, values={"expected": amount})

    def _talk(self, first: int, second: int) -> None:
        who = [self._person(second), self._person(second + 1)] if second % 2 else [self._person(second)]
        row = cast.make_communication(self._firm(first), contacts=who)
        self.named[row.pk] = {person.pk for person in who}
        self._keep(row)

    def _reminder(self, first: int, second: int) -> None:
        deal = Opportunity.objects.filter(investor=self._firm(first)).order_by("pk").first()
        self._keep(cast.make_reminder(self._firm(first), opportunity=deal if second % 2 else None))

    def _fact(self, first: int, second: int) -> None:
        self._keep(cast.make_fact(self._firm(first), contact=self._person(second) if second % 2 else None))

    def _place(self, first: int, second: int) -> None:
        who, where = self._person(second), self._firm(first)
        self._keep(contacts.affiliate(actor=cast.system(), contact=who, investor=where))

    def _mail(self, first: int, second: int) -> None:
        address = f"lind{second}@firm.example"
        row = contacts.add_email(actor=cast.system(), contact=self._person(first), email=address)
        if (ContactEmail, row.pk) not in self.made:
            self._keep(row)

    def _tag(self, first: int, second: int) -> None:
        firm, tag = self._firm(first), f"tag {second % 3}"
        has = set(InvestorTag.objects.filter(investor=firm).values_list("tag__name", flat=True))
        if tag not in has:
            investors.set_tags(actor=cast.system(), investor=firm, tags=[*has, tag])
            self.tags[firm.pk].add(tag)

    def _alias(self, first: int, second: int) -> None:
        name = f"Other {second}"
        self._keep(investors.add_alias(actor=cast.system(), investor=self._firm(first), name=name))

    def _delete(self, first: int, second: int) -> None:
        rows = [*self.made, *((type(row), row.pk) for row in (*self.firms, *self.people))]
        model, pk = rows[(first * 7 + second) % len(rows)]
        relations.delete_record(actor=cast.system(), row=model.all_objects.get(pk=pk))

    def _restore(self, first: int, second: int) -> None:
        waiting = list(Deletion.objects.in_trash())
        if waiting:
            relations.restore_deletion(actor=cast.system(), deletion=waiting[(first + second) % len(waiting)])

    def _merge(self, first: int, second: int) -> None:
        rows: list[Any] = [*(self.people if first >= 3 else self.firms)]
        survivor, absorbed = rows[first % 3], rows[(first + 1 + second % 2) % 3]
        chosen = {"name": type(absorbed).all_objects.get(pk=absorbed.pk).name} if second >= 3 else {}
        relations.merge(actor=cast.system(), survivor=survivor, absorbed=absorbed, chosen=chosen)

    def _unmerge(self, first: int, second: int) -> None:
        standing = list(Merge.objects.standing())
        if standing:
            self.take_apart(standing[(first + second) % len(standing)])

    def take_apart(self, merge: Merge) -> None:
        foreseen = relations.preview_unmerge(actor=cast.system(), merge=merge)
        undone = relations.unmerge(actor=cast.system(), merge=merge)
        assert undone.conflicts == foreseen
        for merge_id, name in self.edited_since:
            if merge_id == merge.pk:
                assert f"{name.removesuffix('_id')} was changed since" in undone.conflicts

    def set_all_right(self) -> None:
        """Everything out of the trash, all merges taken back from the latest on, and what could not come before."""
        self._empty_trash()
        for merge in Merge.objects.standing():
            self.take_apart(merge)
        self._empty_trash()

    def _empty_trash(self) -> None:
        for deletion in Deletion.objects.in_trash().order_by("id").reverse():
            try:
                with unit.savepoint():
                    relations.restore_deletion(actor=cast.system(), deletion=deletion)
            except CrmError:
                continue

    def check(self) -> None:
        """Every row is where it was made, and shows unless it still waits in the trash."""
        waiting = set(Deletion.objects.in_trash().order_by().values_list("key", flat=True))
        for (model, pk), (column, owner) in self.made.items():
            row: Any = model.all_objects.get(pk=pk)
            assert getattr(row, column) == owner, (model, pk)
            assert not row.is_deleted or row.deletion_key in waiting, (model, pk)
        for row in (*self.firms, *self.people):
            now: Any = type(row).all_objects.get(pk=row.pk)
            assert now.merged_into_id is None and (not now.is_deleted or now.deletion_key in waiting)
        for pk, people in self.named.items():
            found = Communication.all_objects.get(pk=pk).contacts.through.objects.filter(communication_id=pk)
            assert set(found.values_list("contact_id", flat=True)) == people
        for firm_id, tags in self.tags.items():
            links = InvestorTag.objects.filter(investor_id=firm_id)
            assert set(links.values_list("tag__name", flat=True)) == tags
        for (model, pk, name), value in self.written.items():
            assert getattr(model.all_objects.get(pk=pk), name) == value, (model, pk, name)

    def check_derived(self) -> None:
        """What is kept beside the rows is what counting anew gives."""
        kept = self._derived()
        investors.refresh_pipeline(actor=cast.system(), investor_ids=[firm.pk for firm in self.firms])
        communications.refresh_activity(actor=cast.system())
        assert self._derived() == kept

    def _derived(self) -> list[Any]:
        names = ("pk", "stage_id", "expected_total", "committed_total", "last_activity_on", "next_step_on")
        return list(Investor.all_objects.order_by("pk").values_list(*names))

    def living(self) -> list[Any]:
        """What a reader sees, in words that do not depend on which of two equal rows stands."""
        seen: list[Any] = [
            (type(row), row.pk, *(getattr(row, name) for name in FIELDS[type(row)]))
            for model in FIELDS
            for row in model.objects.order_by("pk")
        ]
        seen += [(model, pk, getattr(model.objects.filter(pk=pk).first(), column, None))
                 for (model, pk), (column, _) in self.made.items()]  # fmt: skip
        seen += sorted(Opportunity.objects.order_by().values_list("investor_id", "fund_id", "expected"))
        seen += sorted(Affiliation.objects.order_by().values_list("investor_id", "contact_id", "is_primary"))
        seen += sorted(ContactEmail.objects.order_by().values_list("contact_id", "email", "is_primary"))
        seen += sorted(InvestorTag.objects.order_by().values_list("investor_id", "tag_id"))
        aliases = Investor.aliases.rel.related_model.objects.order_by()
        seen += sorted(aliases.values_list("investor_id", "name"))
        for pk in self.named:
            links = Communication.contacts.through.objects.filter(communication_id=pk)
            seen.append((pk, sorted(links.values_list("contact_id", flat=True))))
        return seen
