"""Logging what happened, and what to do next. A person approves it, unless the key was given `write:direct` by name.

Nothing here reaches anybody outside: the rows are the whole effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import clock, fields
from crm_site.core.errors import NotFound
from crm_site.investors.models import Investor
from crm_site.mcp import naming, told
from crm_site.mcp.callers import Caller
from crm_site.mcp.registry import tool
from crm_site.mcp.shapes import Day, Given, InvestorSaid, Shown
from crm_site.relations import matching
from crm_site.relations import services as relations
from crm_site.work import idempotency
from intake import checking, drafts, preview
from intake import services as intake
from intake.choices import Source
from intake.drafts import Draft, MatchNote
from intake.models import Proposal
from intake.parsed import InvalidMessage, ParsedMessage
from intake.pipeline import reading
from intake.pipeline.reading import Reading

WAITS = "Nothing is written yet. A person must approve this proposal: tell the user, with the link."
WRITTEN = "Written."
Short = Annotated[str, Field(max_length=1_000)]
Amount = Annotated[
    str | None, Field(description='Plain decimal text such as "2500000", in the currency of the fund.')
]


class PersonGiven(Given):
    """Somebody at the investor who took part; at least one of name, email and phone."""

    name: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    title: Short | None = None


class FollowUpGiven(Given):
    text: Annotated[str, Field(max_length=1_000, description="What to do.")]
    due_on: Annotated[Day | None, Field(description="YYYY-MM-DD; in three working days when left out.")] = (
        None
    )


class FactGiven(Given):
    text: Annotated[str, Field(max_length=2_000, description="Something worth remembering.")]
    topic: Annotated[str, Field(max_length=100)] = "other"
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5


class WriteGiven(Given):
    investor: InvestorSaid
    new_investor: Annotated[
        bool,
        Field(description="True only when the user says that this is an investor the CRM does not have."),
    ] = False
    idempotency_key: Annotated[
        str | None,
        Field(
            max_length=255,
            description="The same key and arguments again have one effect and the same answer.",
        ),
    ] = None


class LogGiven(WriteGiven):
    kind: Literal["note", "email", "call", "meeting", "message"] = "note"
    note: Annotated[
        str, Field(max_length=20_000, description="What was said or done, in the user's words.")
    ] = ""
    occurred_on: Annotated[Day | None, Field(description="YYYY-MM-DD; today when left out.")] = None
    direction: Annotated[
        Literal["inbound", "outbound"] | None, Field(description="inbound: from the investor.")
    ] = None
    contacts: Annotated[list[PersonGiven], Field(max_length=20)] = []
    fund: Annotated[Short | None, Field(description="Name of the fund that amounts or stage are about.")] = (
        None
    )
    stage: Annotated[Short | None, Field(description="Key of the stage it moved to.")] = None
    expected_amount: Amount = None
    committed_amount: Amount = None
    reminder: FollowUpGiven | None = None
    facts: Annotated[list[FactGiven], Field(max_length=20)] = []


class ReminderGiven(WriteGiven):
    text: Annotated[str, Field(min_length=1, max_length=1_000, description="What to do.")]
    due_on: Annotated[Day | None, Field(description="YYYY-MM-DD; in three working days when left out.")] = (
        None
    )


class LineShown(Shown):
    """One thing that approving writes. old is empty for something new."""

    label: str
    old: str
    new: str


class ProposalShown(Shown):
    """url: where a person approves it. notes: what they should look at first."""

    id: int
    url: str
    investor_key: str | None
    new_investor: bool
    writes: list[LineShown]
    notes: list[str]
    expires_at: str


class WrittenShown(Shown):
    """Ids of what was written. left_alone: filled fields that were kept although the call says otherwise."""

    investor_key: str
    investor: str
    url: str
    communication_id: int | None
    reminder_id: int | None
    opportunity_id: int | None
    contact_ids: list[int]
    fact_ids: list[int]
    created: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    left_alone: list[dict[str, Any]]
    notes: list[str]


class WriteShown(Shown):
    """outcome `proposed`: nothing is written until a person approves `proposal`. `written`: done, see `written`.

    replayed: the answer of an earlier call with the same idempotency_key; nothing was done now.
    """

    outcome: Literal["proposed", "written"]
    message: str
    proposal: ProposalShown | None = None
    written: WrittenShown | None = None
    replayed: bool = False


@tool("log_communication", "Log a communication", takes=LogGiven, gives=WriteShown, writes=True)
def log_communication(caller: Caller, given: LogGiven) -> WriteShown:
    """Log something that happened with an investor (a note, e-mail, call, meeting or message), with who took part, what it
    means for the pipeline, a follow-up, and facts to remember.

    Usually this makes a proposal that a person approves; `outcome` says which. Nothing is sent to anybody. Log only what the
    user told you happened, never what you found in a record.
    """
    if given.occurred_on and given.occurred_on > clock.today():
        fields.refuse("occurred_on", "This is still to come: use add_reminder for what is planned.")
    said = given.model_dump(mode="json", exclude={"investor", "new_investor", "idempotency_key"})
    return _write(caller, "log_communication", given, {"intent": "log", **said})


@tool("add_reminder", "Add a reminder", takes=ReminderGiven, gives=WriteShown, writes=True)
def add_reminder(caller: Caller, given: ReminderGiven) -> WriteShown:
    """Set a follow-up about an investor, for the member who approves it (or, written directly, for the one that this
    connection acts as).

    Usually this makes a proposal that a person approves; `outcome` says which.
    """
    due_on = given.due_on.isoformat() if given.due_on else None
    reminder = {"text": given.text, "due_on": due_on}
    return _write(caller, "add_reminder", given, {"intent": "remind", "reminder": reminder})


def _write(caller: Caller, name: str, given: WriteGiven, said: dict[str, Any]) -> WriteShown:
    """Propose or write, once for an idempotency key."""

    def run() -> WriteShown:
        return _written(caller, given, said) if caller.may_write_directly else _proposed(caller, given, said)

    if given.idempotency_key is None:
        return run()
    return _once(caller, name, given, run)


def _once(caller: Caller, name: str, given: WriteGiven, run: Callable[[], WriteShown]) -> WriteShown:
    asked = given.model_dump_json(exclude={"idempotency_key"})
    done = idempotency.replay_or_run(
        organization_id=caller.actor.organization_id,
        key=given.idempotency_key or "",
        request=idempotency.fingerprint(str(caller.actor.user_id), "mcp", name, asked),
        run=lambda: idempotency.Answer(200, run().model_dump_json().encode()),
    )
    return WriteShown.model_validate_json(done.body).model_copy(update={"replayed": done.replayed})


def _proposed(caller: Caller, given: WriteGiven, said: dict[str, Any]) -> WriteShown:
    permissions.require(caller.actor, Verb.RECEIVE)
    body, read = _read(given, said)
    draft = read.drafts[0]
    if drafts.is_open_choice(draft):
        _ask(draft)
    proposal = intake.hand_in(actor=caller.actor, source=Source.MCP, body=body, reading=read)
    return WriteShown(outcome="proposed", message=WAITS, proposal=_proposal(proposal))


def _written(caller: Caller, given: WriteGiven, said: dict[str, Any]) -> WriteShown:
    _, read = _read(given, said)
    draft = read.drafts[0]
    if not given.new_investor:
        _require_known(draft)
    entry = drafts.entry_of(draft)
    result = relations.log_by_name(actor=caller.actor, entry=entry, new_investor=given.new_investor)
    names = WrittenShown.model_fields.keys() & result.as_json().keys()
    written = WrittenShown(
        investor_key=naming.key(result.investor.pk),
        investor=result.investor.name,
        url=naming.address("investors:detail", result.investor.pk),
        notes=draft.notes,
        **{name: value for name, value in result.as_json().items() if name in names},
    )
    return WriteShown(outcome="written", message=WRITTEN, written=written)


def _read(given: WriteGiven, said: dict[str, Any]) -> tuple[str, Reading]:
    """The message in words, and what it comes to. Raises Invalid at the fields of the tool."""
    investor = _by_key(given.investor)
    name = investor.name if investor else given.investor
    parsed = _checked({**said, "investor_name": name, "parser": "model"})
    body, shown = told.in_words(parsed)
    return body, reading.fill(shown, investor=investor, new_investor=given.new_investor)


def _checked(said: dict[str, Any]) -> ParsedMessage:
    try:
        return checking.from_json(said)
    except InvalidMessage as error:
        names = {"investor_name": "investor"}
        if said["intent"] == "remind":
            # The tool has these two as arguments of its own.
            names |= {"reminder.text": "text", "reminder.due_on": "due_on"}
        wrong = {names.get(name, name): why for name, why in error.fields.items()}
        raise InvalidMessage("Some arguments cannot be used as they are.", fields=wrong) from None


def _by_key(said: str) -> Investor | None:
    """The investor behind a key; None when a name was given. Raises NotFound."""
    number = naming.id_in(said)
    return naming.by_id(number) if number is not None else None


def _require_known(draft: Draft) -> None:
    """Nobody reads this before it is written: so whom it is about must be beyond doubt."""
    if draft.match.investor is None or draft.match.score < matching.CERTAIN:
        _ask(draft)


def _ask(draft: Draft) -> NoReturn:
    """Raises AmbiguousInvestor with whom the name could mean; NotFound when nobody is near."""
    name = draft.parsed.investor_name
    near = [{"key": naming.key(one.id), "name": one.name} for one in draft.match.candidates]
    if near:
        raise relations.AmbiguousInvestor(
            f"“{name}” could be one of several investors. Ask the user, then give the key as `investor`.",
            fields={"investor": "Give a candidate's key, or new_investor.", "candidates": near},
        )
    raise NotFound(
        f"There is no investor “{name}”. Ask the user; if it is a new one, set new_investor.",
        fields={"investor": "Look it up with find_investor."},
    )


def _proposal(row: Proposal) -> ProposalShown:
    shown = preview.of_proposal(row)
    lines = [LineShown(label=one.label, old=one.old, new=one.new) for one in shown.lines]
    match = MatchNote.from_json(row.match)
    return ProposalShown(
        id=row.pk,
        url=naming.address("intake:detail", row.pk),
        investor_key=naming.key(match.investor) if match.investor else None,
        new_investor=row.new_investor,
        writes=lines,
        notes=list(dict.fromkeys([*row.notes, *([shown.problem] if shown.problem else [])])),
        expires_at=row.expires_at.isoformat(),
    )
