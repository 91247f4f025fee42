"""Finding records by their words in the database itself: what answers when the index does not."""

from __future__ import annotations

from django.db.models import Q

from search import hydrating
from search.asking import Wanted
from search.documents import Kind
from search.fusing import Ranked

_FIELDS = {
    Kind.INVESTOR: ("name", "notes"),
    Kind.CONTACT: ("name", "notes"),
    Kind.COMMUNICATION: ("subject", "body"),
    Kind.FACT: ("topic", "text"),
    Kind.OPPORTUNITY: ("fund__name",),
    Kind.FUND: ("name", "description"),
}


def find(text: str, *, wanted: Wanted, limit: int) -> list[Ranked]:
    """The records of the organization in scope that hold all words of `text`, at most `limit`."""
    found = []
    for kind, fields in _FIELDS.items():
        rows = hydrating.fitting(kind, wanted)
        for word in text.split()[:20]:
            somewhere = Q()
            for field in fields:
                somewhere |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(somewhere)
        found += [
            Ranked(f"{kind}:{pk}", 1.0) for pk in rows.order_by("-pk").values_list("pk", flat=True)[:limit]
        ]
    return found[:limit]
