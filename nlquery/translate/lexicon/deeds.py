"""Words that order something done: no question begins with them."""

from __future__ import annotations

# As often the noun (“log”, “book”, “update”) is decided where they are read.
DEEDS: frozenset[str] = frozenset(
    """
add create delete remove send draft remind assign reassign move merge unmerge import invite archive retire restore undo approve reject insert erase
wipe purge rename forward reply respond snooze unsnooze dismiss tag untag unassign register upload download export advance promote demote transfer
wire pay buy sell book enter save edit modify amend correct fix cancel complete reschedule postpone drop bury revive resurrect convert introduce
invoice notify alert ping dial onboard offboard enroll subscribe unsubscribe compose generate schedule arrange organise organize change switch
increase decrease bump push attach publish share disable enable reset install deploy execute log jot capture store put mark set update make write
grant revoke block ban nudge chase thank congratulate sync reindex clone copy duplicate replace swap undelete clear close record note call email
text message phone ring mail meet contact whatsapp tell ask start stop begin end open review escalate flag pin unpin star hide rate score link unlink
""".split()
)
