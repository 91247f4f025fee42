"""`decide`: one call for whatever a person can say to a proposal, for doors that learn it as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from crm_site.communications.entry import Result
from crm_site.core import unit
from crm_site.core.actor import Actor
from intake.models import Proposal
from intake.services import deciding


class DecisionVerb(StrEnum):
    YES = "yes"
    NO = "no"
    EDIT = "edit"
    PICK = "pick"
    NEW = "new"


@dataclass(frozen=True)
class Decision:
    """values: fields to change, for EDIT. number: the candidate, from 1, for PICK. reason: why not, for NO."""

    verb: DecisionVerb
    values: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    reason: str = ""


def decide(*, actor: Actor, proposal: Proposal, revision: int, decision: Decision) -> Result | Proposal:
    """Do what was decided: a Result when that wrote something, else the proposal as it is now.

    revision: the one the person saw. An error leaves an outer unit of work usable: only what this call did is undone,
    except that a failed write leaves its reason on the proposal. Raises what `approve`, `reject`, `edit`, `pick` and
    `make_new` raise.
    """
    verb = decision.verb
    if verb is DecisionVerb.YES:
        return deciding.approve(actor=actor, proposal=proposal, revision=revision)
    with unit.savepoint():
        if verb is DecisionVerb.NO:
            return deciding.reject(actor=actor, proposal=proposal, revision=revision, reason=decision.reason)
        if verb is DecisionVerb.EDIT:
            return deciding.edit(actor=actor, proposal=proposal, revision=revision, values=decision.values)
        if verb is DecisionVerb.PICK:
            return deciding.pick(actor=actor, proposal=proposal, revision=revision, number=decision.number)
        if verb is DecisionVerb.NEW:
            return deciding.make_new(actor=actor, proposal=proposal, revision=revision)
    assert_never(verb)
