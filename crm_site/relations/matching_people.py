"""Which people a name, an address or a number means, wherever they work: for looking somebody up, not for writing.

`matching.match_contact` is stricter: it decides onto whose record something is written.
"""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import JSONObject
from rapidfuzz import fuzz

from crm_site.contacts import reaching
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactGram, ContactPhone
from crm_site.contacts.querysets import ContactQuerySet
from crm_site.core import joined, naming, text
from crm_site.relations import matching

MAX_WORDS = 6
#: Fewer digits are no phone number.
FEWEST_DIGITS = 5
#: Names this alike are a slip of the pen.
SLIP = 86


def with_places() -> ContactQuerySet:
    """People with `places`: a list of {investor_id, investor, title}, those of live investors where they are now.

    Somebody who is only at investors in the graveyard is left out, as these are. `joined.opened` reads the list.
    """
    now = Affiliation.objects.of_living().current()
    live = now.filter(investor__graveyard_at__isnull=True)
    retired = now.filter(investor__graveyard_at__isnull=False)
    place = JSONObject(investor_id="investor_id", investor="investor__name", title="title")
    people: ContactQuerySet = Contact.objects.annotate(places=joined.names(live, "contact", place))
    hidden = Q(pk__in=retired.values("contact_id")) & ~Q(pk__in=live.values("contact_id"))
    return people.exclude(hidden).by_name()


def known_as(said: str) -> Q:
    """The condition that the person has exactly this e-mail address, phone number or name."""
    if "@" in said:
        addresses = ContactEmail.objects.filter(email=naming.email_key(said)[:254])
        return Q(pk__in=addresses.values("contact_id"))
    if sum(letter.isdigit() for letter in said) >= FEWEST_DIGITS:
        numbers = ContactPhone.objects.filter(number=reaching.phone_key(said[:40]))
        return Q(pk__in=numbers.values("contact_id"))
    return Q(name_key=naming.person_key(text.one_line(said)[: matching.MAX_NAME]))


def with_words(said: str) -> Q:
    """The condition that each word of what was said is a word of the name: “Priya”, “Nair”."""
    found = Q()
    for word in naming.person_key(said).split()[:MAX_WORDS]:
        begins, ends = Q(name_key__startswith=f"{word} "), Q(name_key__endswith=f" {word}")
        found &= begins | ends | Q(name_key__contains=f" {word} ") | Q(name_key=word)
    return found or Q(pk__in=[])


def alike(said: str) -> list[Contact]:
    """Of those that `with_places` shows: whose name is this one but for a slip of the pen, the likest first, at most five."""
    key = naming.person_key(text.one_line(said)[: matching.MAX_NAME])
    near = matching.block(ContactGram, "contact_id", naming.trigrams(key))
    scored = [(fuzz.ratio(key, one.name_key), one) for one in with_places().filter(pk__in=near)]
    close = sorted((pair for pair in scored if pair[0] >= SLIP), key=lambda pair: (-pair[0], pair[1].pk))
    return [one for _, one in close[: matching.MAX_CANDIDATES]]
