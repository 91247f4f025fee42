"""A person's yes, no or edit. Each is a conditional update, so of two answers at once exactly one counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.models import Membership
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.communications.entry import Entry, Result
from crm_site.communications.services import log as communication_log
from crm_site.core import clock, faults, text, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, CrmError, Forbidden, Invalid, NotFound
from crm_site.relations import services as relations
from intake import answering, checking, drafts, edits
from intake.choices import ProposalState
from intake.drafts import Draft, MatchNote
from intake.models import Proposal
from intake.pictures import attaching
from intake.pipeline import steps


class AlreadyDecided(Conflict):
    """The proposal is no longer waiting. The message says what happened to it, by whom and when."""

    code = "already_decided"


class ChangedSince(Conflict):
    """The proposal was edited since the person saw it. `fields["revision"]`: the one to look at."""

    code = "changed_since"


class CannotApprove(Forbidden):
    """The approver lacks a right that the writes need. `fields`: "verbs" that lack, "members" who could."""

    code = "cannot_approve"


def approve(*, actor: Actor, proposal: Proposal, revision: int) -> Result:
    """Write what the proposal says: decision, records and audit in one transaction, exactly once.

    revision: the one the person saw. When writing fails everything is rolled back, the reason is kept on the proposal,
    and it goes on waiting. Raises AlreadyDecided, ChangedSince, CannotApprove, or what the write raised.
    """
    permissions.require(actor, Verb.DECIDE, on=[proposal])
    try:
        # A savepoint where a unit is open already (a room's event): the reason must be storable after a failed write.
        with unit.savepoint():
            return _commit(actor=actor, proposal=proposal, revision=revision)
    except (AlreadyDecided, ChangedSince, CannotApprove):
        raise
    except CrmError as error:
        _keep_error(actor=actor, proposal=proposal, revision=revision, why=error.message)
        raise


def _commit(*, actor: Actor, proposal: Proposal, revision: int) -> Result:
    taken = _waiting(proposal, revision).update(
        state=ProposalState.COMMITTED,
        decided_by_id=actor.user_id,
        decided_at=timezone.now(),
        decided_via=actor.door,
        error="",
    )
    faults.point("intake.taken")
    if not taken:
        _refuse(proposal.pk, revision)
    current = Proposal.objects.with_message().get(pk=proposal.pk)
    draft = draft_of(current)
    entry = drafts.entry_of(draft)
    _require_all(actor, entry)
    writer = actor.via(f"{current.message.source}_intake")
    result = relations.log_by_name(actor=writer, entry=entry, new_investor=entry.investor is None)
    attaching.attach_picture(actor=writer, message=current.message, communication=result.communication)
    faults.point("intake.logged")
    Proposal.objects.filter(pk=current.pk).update(
        investor=result.investor, communication=result.communication, result=result.as_json()
    )
    audit.record(
        actor=writer,
        action="proposal.approved",
        subject=current,
        parent=result.investor,
        details={"revision": revision},
    )
    answering.decided(actor=actor, proposal=current, result=result)
    return result


@unit.atomic
def _keep_error(*, actor: Actor, proposal: Proposal, revision: int, why: str) -> None:
    _waiting(proposal, revision).update(error=text.shorten(why, 500))


@unit.atomic
def reject(*, actor: Actor, proposal: Proposal, revision: int, reason: str = "") -> Proposal:
    """Say no: nothing is written."""
    permissions.require(actor, Verb.DECIDE, on=[proposal])
    taken = _waiting(proposal, revision).update(
        state=ProposalState.REJECTED,
        decided_by_id=actor.user_id,
        decided_at=timezone.now(),
        decided_via=actor.door,
    )
    if not taken:
        _refuse(proposal.pk, revision)
    proposal.refresh_from_db()
    details = {"reason": text.shorten(reason, 200)} if reason else None
    audit.record(actor=actor, action="proposal.rejected", subject=proposal, details=details)
    answering.decided(actor=actor, proposal=proposal)
    return proposal


@unit.atomic
def edit(*, actor: Actor, proposal: Proposal, revision: int, values: Mapping[str, str]) -> Proposal:
    """Change fields by the names of the room grammar (`investor`, `contact2`, `amount` …). Raises Invalid at a field."""
    draft = draft_of(proposal)
    changed = edits.apply_edits(
        draft.parsed, values, sent_on=clock.local(proposal.message.sent_at).date(), stages=steps.stage_words()
    )
    if "investor" in values:
        draft = Draft(changed, drafts.match_of(changed))
    else:
        draft = Draft(changed, draft.match, draft.new_investor)
    return _store(actor, proposal, revision, draft, {"fields": sorted(values)})


@unit.atomic
def pick(*, actor: Actor, proposal: Proposal, revision: int, number: int) -> Proposal:
    """Choose another candidate, by its number from 1."""
    draft = draft_of(proposal)
    if not 1 <= number <= len(draft.match.candidates):
        count = len(draft.match.candidates)
        raise Invalid(
            f"There is no candidate {number}." if count else "There are no other candidates.",
            fields={"number": f"A number from 1 to {count}." if count else "There are no candidates."},
        )
    candidate = draft.match.candidates[number - 1]
    chosen = Draft(draft.parsed, draft.match.picked(candidate))
    return _store(actor, proposal, revision, chosen, {"picked": candidate.id})


@unit.atomic
def make_new(*, actor: Actor, proposal: Proposal, revision: int) -> Proposal:
    """Say that the match is wrong: approving will make a new investor."""
    draft = draft_of(proposal)
    if not draft.parsed.investor_name:
        raise Invalid("The message names no investor.", fields={"investor": "Name one."})
    chosen = Draft(draft.parsed, MatchNote(candidates=draft.match.candidates), new_investor=True)
    return _store(actor, proposal, revision, chosen, {"new_investor": True})


@unit.atomic
def expire_due(*, actor: Actor) -> int:
    """Close proposals that waited longer than 14 days; nothing is written. Returns how many."""
    now = timezone.now()
    closed = 0
    for proposal in Proposal.objects.due(now)[:500]:
        taken = _waiting(proposal, proposal.revision).update(
            state=ProposalState.EXPIRED, decided_at=now, decided_via=actor.door
        )
        if taken:
            closed += 1
            proposal.refresh_from_db()
            audit.record(actor=actor, action="proposal.expired", subject=proposal)
            answering.decided(actor=actor, proposal=proposal)
    return closed


def draft_of(proposal: Proposal) -> Draft:
    """The stored proposal as a draft: a stranger's JSON once more checked."""
    return Draft(
        parsed=checking.from_json(proposal.parsed),
        match=MatchNote.from_json(proposal.match),
        new_investor=proposal.new_investor,
        notes=list(proposal.notes),
    )


def _store(
    actor: Actor, proposal: Proposal, revision: int, draft: Draft, details: dict[str, Any]
) -> Proposal:
    permissions.require(actor, Verb.DECIDE, on=[proposal])
    checked = steps.review(draft)
    taken = _waiting(proposal, revision).update(
        parsed=checked.parsed.to_json(),
        match=checked.match.to_json(),
        new_investor=checked.new_investor,
        notes=checked.notes,
        revision=revision + 1,
        error="",
    )
    if not taken:
        _refuse(proposal.pk, revision)
    proposal.refresh_from_db()
    audit.record(actor=actor, action="proposal.edited", subject=proposal, details=details)
    answering.changed(actor=actor, proposal=proposal)
    return proposal


def _waiting(proposal: Proposal, revision: int) -> Any:
    return Proposal.objects.filter(pk=proposal.pk, state=ProposalState.PENDING, revision=revision)


def _refuse(proposal_id: int, revision: int) -> None:
    current = Proposal.objects.with_message().filter(pk=proposal_id).first()
    if current is None:
        raise NotFound("There is no such proposal.")
    if current.state == ProposalState.PENDING:
        raise ChangedSince(
            "It was edited since you saw it: look at it once more.", fields={"revision": current.revision}
        )
    when = clock.local(current.decided_at).strftime("%d %b, %H:%M") if current.decided_at else ""
    who = f" by {current.decided_by}" if current.decided_by else ""
    raise AlreadyDecided(
        f"This was {current.get_state_display().lower()} already{who}, {when}.".replace(", .", "."),
        fields={"state": current.state},
    )


def _require_all(actor: Actor, entry: Entry) -> None:
    lacking = [verb for verb in communication_log.verbs_needed(entry) if not permissions.may(actor, verb)]
    if not lacking:
        return
    could = Membership.objects.with_role(*permissions.roles_with(lacking))
    names = [membership.user.name for membership in could[:10]]
    words = " and ".join(permissions.IN_WORDS[verb] for verb in lacking)
    raise CannotApprove(
        f"Your role may not {words}. " + (f"{_listed(names)} could." if names else "Nobody here could yet."),
        fields={"verbs": list(lacking), "members": names},
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
