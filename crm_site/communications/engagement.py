"""How much an investor and we have had to do with each other lately: points for what happened, by how much it took."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, Sum, Value, When

from crm_site.communications.choices import Direction, Kind

#: Without a window: what lies longer back says little about today.
DAYS = 90
MEETING, CALL, FROM_THEM, OTHER = 5, 3, 2, 1
IN_WORDS = f"a meeting counts {MEETING}, a call {CALL}, an e-mail or message from them {FROM_THEM}, anything else {OTHER}"


def points() -> Sum:
    """The points of a group of communications."""
    inbound = Q(kind__in=(Kind.EMAIL, Kind.MESSAGE), direction=Direction.INBOUND)
    each = Case(
        When(kind=Kind.MEETING, then=Value(MEETING)),
        When(kind=Kind.CALL, then=Value(CALL)),
        When(inbound, then=Value(FROM_THEM)),
        default=Value(OTHER),
        output_field=IntegerField(),
    )
    return Sum(each)
