"""Every write of intake: receiving, proposing, deciding."""

from intake.services.deciding import (
    AlreadyDecided,
    CannotApprove,
    ChangedSince,
    approve,
    edit,
    expire_due,
    make_new,
    pick,
    reject,
)
from intake.services.proposing import store_reading
from intake.services.receiving import READING, Received, TooLong, hand_in, receive, revise, withdraw
from intake.services.umbrella import Decision, DecisionVerb, decide

__all__ = [
    "READING",
    "AlreadyDecided",
    "CannotApprove",
    "ChangedSince",
    "Decision",
    "DecisionVerb",
    "Received",
    "TooLong",
    "approve",
    "decide",
    "edit",
    "expire_due",
    "hand_in",
    "make_new",
    "pick",
    "receive",
    "reject",
    "revise",
    "store_reading",
    "withdraw",
]
