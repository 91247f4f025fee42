"""People at work: every way in which rows change in this house, in transactions that last, fail and get in each other's way.

The two organizations of a round write the same texts, so that a passage in the wrong one would be seen.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from crm_site.communications import services as communications
from crm_site.communications.models import Communication, CommunicationContact, Fact
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Contact
from crm_site.core import clock, scope, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Opportunity
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion, Merge

#: Some transactions stay open for a while, up to so long.
LINGERING, LONGEST_S = 0.3, 0.08
UNDONE = 0.2
#: Never touched by anybody: whoever searches for it must find it, always.
LIGHTHOUSE = "lighthouse"
WORDS = (
    "alder birch cedar dogwood elm fir ginkgo hazel ironwood juniper katsura larch maple nutmeg oak poplar quince rowan "
    "spruce teak willow yew terms fees carry vintage pension endowment commitment hurdle diligence allocation"
).split()


class Undone(Exception):
    """The writer changed its mind: everything in the transaction is taken back."""


def sentence(dice: random.Random, least: int = 4, most: int = 12) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(least, most))).capitalize() + "."


def prose(dice: random.Random) -> str:
    """Mostly a line; now and then several passages, so that records grow and shrink."""
    return " ".join(sentence(dice) for _ in range(dice.choice((1, 1, 1, 2, 30, 60))))


def work(dice: random.Random, actors: list[Actor], *, until: float) -> Counter[str]:
    """Write until `time.monotonic()` is past `until`. Counts transactions: committed, undone, refused, and what was done."""
    counts: Counter[str] = Counter()
    while time.monotonic() < until:
        actor = dice.choice(actors)
        assert actor.organization_id is not None
        done: list[str] = []
        try:
            with scope.scope(actor.organization_id), unit.atomic():
                for _ in range(dice.choice((1, 1, 2, 3))):
                    write = dice.choice(WAYS)
                    write(dice, actor)
                    done.append(write.__name__)
                if dice.random() < LINGERING:
                    time.sleep(LONGEST_S * dice.random())
                if dice.random() < UNDONE:
                    raise Undone
        except Undone:
            counts["undone"] += 1
        except (CrmError, IntegrityError):
            counts["refused"] += 1
        except DatabaseError:
            counts["clashed"] += 1  # a deadlock or a lock that was not had in time
        else:
            counts["committed"] += 1
            counts.update(done)
        time.sleep(dice.random() * 0.01)
    return counts


def populate(actor: Actor, *, records: int = 4) -> None:
    """The same rows in each organization."""
    dice = random.Random(1)
    home = investors.create_investor(actor=actor, name="Lighthouse Capital", assigned_to_id=actor.user_id)
    communications.add_communication(actor=actor, investor=home, body=f"The {LIGHTHOUSE} stands.")
    fund = investors.create_fund(actor=actor, name="Fund I", description=sentence(dice))
    for number in range(records):
        investor = investors.create_investor(actor=actor, name=f"{WORDS[number].title()} Capital")
        contact = contacts.create_contact(actor=actor, name=f"Ada {WORDS[-number - 1].title()}")
        contacts.affiliate(actor=actor, contact=contact, investor=investor, title="Partner")
        communications.add_communication(
            actor=actor, investor=investor, body=prose(dice), subject=sentence(dice, 1, 3), contacts=[contact]
        )
        communications.add_fact(actor=actor, investor=investor, text=sentence(dice))
        if number % 2:
            investors.create_opportunity(actor=actor, investor=investor, fund=fund, expected="250000")


def _one(dice: random.Random, rows: Any) -> Any:
    """A random row. Raises Undone when there is none."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise Undone
    return rows.get(pk=dice.choice(ids))


def _investor(dice: random.Random) -> Investor:
    found: Investor = _one(dice, Investor.objects.exclude(name__startswith="Lighthouse"))
    return found


def _note(dice: random.Random) -> Communication:
    found: Communication = _one(dice, Communication.objects.exclude(body__contains=LIGHTHOUSE))
    return found


def add_note(dice: random.Random, actor: Actor) -> None:
    communications.add_communication(actor=actor, investor=_investor(dice), body=prose(dice))


def edit_note(dice: random.Random, actor: Actor) -> None:
    communications.edit_communication(actor=actor, communication=_note(dice), values={"body": prose(dice)})


def rename_investor(dice: random.Random, actor: Actor) -> None:
    values = {"name": f"{sentence(dice, 1, 2)[:-1]} {dice.randrange(999)}", "notes": prose(dice)}
    investors.edit_investor(actor=actor, investor=_investor(dice), values=values)


def add_firm(dice: random.Random, actor: Actor) -> None:
    investor = investors.create_investor(actor=actor, name=sentence(dice, 2, 3)[:-1], notes=prose(dice))
    contact = contacts.create_contact(actor=actor, name=f"Ada {sentence(dice, 1, 1)[:-1]}")
    contacts.affiliate(actor=actor, contact=contact, investor=investor)


def name_and_tag(dice: random.Random, actor: Actor) -> None:
    investor = _investor(dice)
    investors.add_alias(actor=actor, investor=investor, name=f"{sentence(dice, 1, 2)} {dice.randrange(9999)}")
    investors.set_tags(actor=actor, investor=investor, tags=dice.sample(WORDS, 2))


def bury_or_revive(dice: random.Random, actor: Actor) -> None:
    investor = _investor(dice)
    if investor.graveyard_at is None:
        investors.retire_investor(actor=actor, investor=investor, reason="closed")
    else:
        investors.revive_investor(actor=actor, investor=investor)


def write_many(dice: random.Random, actor: Actor) -> None:
    """bulk_create: no signal, no service."""
    investor = _investor(dice)
    fresh = {"organization_id": actor.organization_id, "investor": investor}
    today = clock.today()
    Communication.objects.bulk_create(
        [Communication(body=prose(dice), occurred_on=today, **fresh) for _ in range(3)]
    )
    Fact.objects.bulk_create([Fact(text=sentence(dice), topic=dice.choice(WORDS), **fresh) for _ in range(2)])


def update_many(dice: random.Random, actor: Actor) -> None:
    """QuerySet.update, of several rows and of a name that stands in others."""
    first = _note(dice).pk
    Communication.objects.filter(pk__gte=first).exclude(body__contains=LIGHTHOUSE).filter(
        pk__lt=first + 4
    ).update(body=prose(dice))
    Fund.objects.filter(pk=_one(dice, Fund.objects.all()).pk).update(
        name=f"Fund {dice.randrange(999)}", currency=dice.choice(("USD", "EUR"))
    )
    Contact.objects.filter(pk=_one(dice, Contact.objects.all()).pk).update(
        name=f"Ada {dice.choice(WORDS)} {dice.randrange(99)}"
    )


def write_by_hand(dice: random.Random, actor: Actor) -> None:
    """SQL without the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE communications_communication SET body = %s WHERE id = %s", [prose(dice), _note(dice).pk]
        )
        cursor.execute(
            "UPDATE investors_investor SET graveyard_reason = %s, location = %s WHERE id = %s",
            [sentence(dice), dice.choice(WORDS), _investor(dice).pk],
        )


def remove_by_hand(dice: random.Random, actor: Actor) -> None:
    """Rows that really go: a note with the links to its people."""
    note = _note(dice)
    CommunicationContact.objects.filter(communication=note).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM communications_communication WHERE id = %s", [note.pk])


def delete(dice: random.Random, actor: Actor) -> None:
    """An investor takes all that hangs on it along."""
    row = _investor(dice) if dice.random() < 0.3 else _note(dice)
    relations.delete_record(actor=actor, row=row)


def hide_by_hand(dice: random.Random, actor: Actor) -> None:
    """Only the investor itself, as a data fix might: what belongs to it must go too, and come back with it."""
    hidden = Investor.all_objects.filter(deleted_at__isnull=False, deletion_key=None).first()
    if hidden is not None:
        Investor.all_objects.filter(pk=hidden.pk).update(deleted_at=None)
    else:
        Investor.objects.filter(pk=_investor(dice).pk).update(deleted_at=timezone.now())


def restore(dice: random.Random, actor: Actor) -> None:
    trash = Deletion.objects.filter(restored_at__isnull=True, purged_at__isnull=True)
    relations.restore_deletion(actor=actor, deletion=_one(dice, trash))


def merge(dice: random.Random, actor: Actor) -> None:
    relations.merge(actor=actor, survivor=_investor(dice), absorbed=_investor(dice))


def take_apart(dice: random.Random, actor: Actor) -> None:
    relations.unmerge(actor=actor, merge=_one(dice, Merge.objects.standing()))


def move_money(dice: random.Random, actor: Actor) -> None:
    opportunity: Opportunity = _one(dice, Opportunity.objects.all())
    values = {"expected": str(dice.randrange(1, 99) * 10_000)}
    investors.edit_opportunity(actor=actor, opportunity=opportunity, values=values)


WAYS: tuple[Callable[[random.Random, Actor], None], ...] = (
    *(add_note, add_note, edit_note, edit_note, rename_investor, add_firm, name_and_tag, bury_or_revive),
    *(write_many, update_many, write_by_hand, write_by_hand, remove_by_hand, delete, hide_by_hand, restore),
    *(restore, merge, take_apart, take_apart, move_money),
)
