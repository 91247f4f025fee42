"""An organization that uses the bot: members with Matrix accounts, rooms, the bot and its workers as processes.

A test needs real commits, because other processes look at its database: mark it `django_db(transaction=True)`. The fixture
`office` keeps what is committed, and the bot, for a whole module; or make an `Office` for one test.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.utils import timezone

from crm_site.accounts.models import MatrixIdentity, Membership, Organization
from crm_site.accounts.roles import Role
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.crashing.harness import House, wait_for
from crm_site.tests.synapse.homeserver import Account, Homeserver
from crm_site.tests.synapse.person import Person, Seen
from crm_site.work.tests.drain import drain
from intake.choices import Source
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixRoom, MatrixState
from intake.matrix.wording import troubles
from intake.models import InboundMessage, Proposal

T = TypeVar("T")
BOT_STOPS_WITHIN_S = 5.0
STILL_WORKING = troubles.still_working().plain


class Bot(House):
    """`manage.py matrix_bot` as a process: a context manager, or `start()` and `stop()` / `kill()`, again and again.

    arguments: of the command. fault: see `core.faults`. more: further variables of the environment.
    """

    def __init__(
        self,
        homeserver: Homeserver,
        account: Account,
        *arguments: str,
        fault: str = "",
        more: dict[str, str] | None = None,
    ) -> None:
        variables = {
            "MATRIX_HOMESERVER": homeserver.url,
            "MATRIX_USER": account.mxid,
            "MATRIX_ACCESS_TOKEN": account.token,
            "MATRIX_DEVICE_ID": account.device_id,
            "SITE_URL": "https://crm.harbor.example",
            "SPARK_CONTROL_URL": "",
            "NO_PROXY": "*",
            "no_proxy": "*",
            **(more or {}),
        }
        super().__init__(
            *arguments, command="matrix_bot", settings_module="crm_site.settings", fault=fault, more=variables
        )
        self.account = account
        self.began_at = timezone.now()

    def __enter__(self) -> Bot:
        self.start()
        self.wait_until_listening()
        return self

    def start(self) -> None:
        """Start it and come back at once."""
        self.began_at = timezone.now()
        super().__enter__()

    def wait_until_listening(self, *, timeout_s: float = 40.0) -> float:
        """Until it has had its first /sync; returns the seconds that took."""
        return wait_for("the bot listens", self._has_synced, timeout_s=timeout_s)

    def _has_synced(self) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"the bot ended with {code}"
        row = MatrixState.objects.filter(user_id=self.account.mxid).first()
        return row is not None and row.synced_at is not None and row.synced_at > self.began_at

    def wait_until_gone(self, *, timeout_s: float = 60.0) -> int:
        """Until it has ended by itself; returns the exit code."""
        assert self.process is not None
        return self.process.wait(timeout=timeout_s)


def workers(*, more: dict[str, str] | None = None, fault: str = "") -> House:
    """One cluster of workers as processes, on the test's database. more: further variables."""
    variables = {"SPARK_CONTROL_URL": "", **(more or {})}
    return House(command="qcluster", settings_module="crm_site.settings", more=variables, fault=fault)


class Office:
    """See the module. works_here: the waiting work is done in this process while a test waits; False with `workers()`."""

    def __init__(
        self,
        homeserver: Homeserver,
        *,
        organization: Organization | None = None,
        bot: Account | None = None,
    ) -> None:
        self.homeserver = homeserver
        self.organization = organization or cast.make_organization("Harbor House")
        self.bot_account = bot or homeserver.newcomer("roundtable")
        self.works_here = True
        self._stack = ExitStack()

    def close(self) -> None:
        self._stack.close()

    @property
    def bot_id(self) -> str:
        return self.bot_account.mxid

    def bot(self, *arguments: str, fault: str = "", more: dict[str, str] | None = None) -> Bot:
        """The bot's process, not started yet."""
        return Bot(self.homeserver, self.bot_account, *arguments, fault=fault, more=more)

    def member(
        self, role: str = Role.PARTNER, name: str = "Petra Partner", *, store: Path | None = None
    ) -> Person:
        """A member with a Matrix account of their own, at their client."""
        account = self.homeserver.newcomer(name.split()[0].lower())
        membership = cast.make_member(self.organization, role, name=name)
        self.link(account.mxid, membership)
        return self._stack.enter_context(Person(self.homeserver, account, store=store))

    def link(self, mxid: str, membership: Membership) -> None:
        """Say that the member stands behind the Matrix user."""
        MatrixIdentity.unscoped.create(
            organization_id=membership.organization_id, mxid=mxid, user=membership.user
        )

    def membership(self, person: Person) -> Membership:
        identity = MatrixIdentity.unscoped.get(organization=self.organization, mxid=person.mxid)
        return Membership.unscoped.get(organization=self.organization, user=identity.user)

    def stranger(self, name: str = "Sven Stranger") -> Person:
        """Somebody with a Matrix account who is no member."""
        account = self.homeserver.newcomer(name.split()[0].lower())
        return self._stack.enter_context(Person(self.homeserver, account))

    def room(
        self,
        creator: Person,
        *others: Person,
        purpose: str = Purpose.INTAKE,
        encrypted: bool = False,
        version: str | None = None,
    ) -> str:
        """A room of the organization with these people and the bot in it; its id. The bot must be running."""
        room = creator.create_room(purpose.title(), encrypted=encrypted, version=version)
        self.own(room, purpose)
        for other in others:
            creator.invite(room, other.mxid)
            other.wait_for("the invite", lambda other=other: room in other.invites)
            other.join(room)
        creator.invite(room, self.bot_id)
        self.wait(creator, "the bot joins", lambda: self.is_in(creator, room))
        return room

    def own(self, room: str, purpose: str = Purpose.INTAKE) -> MatrixRoom:
        """Make the room one of the organization's, as the settings page does."""
        with scope(self.organization):
            return MatrixRoom.objects.create(
                organization=self.organization, room_id=room, purpose=purpose, name=purpose.title()
            )

    def is_in(self, person: Person, room: str) -> bool:
        """Tell whether the person has seen the bot join."""
        return any(
            event.type == "m.room.member"
            and event.source.get("state_key") == self.bot_id
            and event.content.get("membership") == "join"
            for event in person.in_room(room)
        )

    def wait(self, person: Person, what: str, found: Callable[[], T], *, timeout_s: float = 60.0) -> T:
        """`person.wait_for`, with the waiting work being done."""
        return person.wait_for(what, found, timeout_s=timeout_s, meanwhile=drain if self.works_here else None)

    def said(self, person: Person, room: str) -> list[Seen]:
        """What the bot said in the room outside threads, as the person saw it."""
        return [
            event
            for event in person.in_room(room)
            if event.sender == self.bot_id and event.type == "m.room.message" and not event.thread_root
        ]

    def tell(self, person: Person, room: str, text: str, *, posts: int = 1) -> Thread:
        """Say something at top level and wait for the bot's first posts in its thread."""
        thread = self.thread(person, room, person.say(room, text))
        thread.wait_for_posts(posts)
        return thread

    def thread(self, person: Person, room: str, root: str) -> Thread:
        return Thread(self, person, room, root)


@dataclass(frozen=True)
class Thread:
    """One message and what hangs on it."""

    office: Office
    person: Person
    room: str
    root: str

    @property
    def posts(self) -> list[Seen]:
        """What the bot wrote here, oldest first."""
        found = self.person.thread(self.room, self.root)
        return [event for event in found if event.sender == self.office.bot_id]

    @property
    def news(self) -> list[Seen]:
        """The same without that it is still working, which depends on how busy the machine is."""
        return [event for event in self.posts if not event.body.startswith(STILL_WORKING)]

    @property
    def last(self) -> str:
        """The bot's last words."""
        return self.posts[-1].body

    @property
    def message(self) -> InboundMessage:
        return InboundMessage.unscoped.get(source=Source.MATRIX, external_id=self.root)

    @property
    def proposals(self) -> list[Proposal]:
        found = Proposal.unscoped.filter(
            message__source=Source.MATRIX,
            message__external_id=self.root,
            message__organization=self.office.organization,
        )
        return list(found.order_by("ordinal", "id"))

    @property
    def proposal(self) -> Proposal:
        (only,) = self.proposals
        return only

    @property
    def states(self) -> list[str]:
        return [proposal.state for proposal in self.proposals]

    def wait_for_posts(self, count: int, *, timeout_s: float = 60.0) -> Seen:
        """Until the bot has written that many posts (see `news`); returns the last of them."""
        self.office.wait(
            self.person,
            f"{count} posts of the bot in the thread (there are {len(self.news)})",
            lambda: len(self.news) >= count,
            timeout_s=timeout_s,
        )
        return self.news[count - 1]

    def answer(self, text: str, *, by: Person | None = None, posts: int = 1) -> Seen:
        """Say it in the thread and wait for what the bot says to it; returns the last of `posts` new posts."""
        before = len(self.news)
        (by or self.person).answer(self.room, self.root, text)
        return self.wait_for_posts(before + posts)

    def react(self, key: str, *, by: Person | None = None, to: str = "", posts: int = 1) -> Seen:
        """React to the bot's last post (or to another event) and wait for what the bot says."""
        before = len(self.news)
        (by or self.person).react(self.room, to or self.posts[-1].event_id, key)
        return self.wait_for_posts(before + posts)
