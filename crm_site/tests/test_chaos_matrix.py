"""A hundred messages while bot and workers are killed twenty times and the homeserver restarts twice: each exactly once.

The seed decides who is killed, when, and who answers how; a failed run names it. Another seed: CHAOS_SEED=7 in the environment.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from crm_site.audit import reading as audit_reading
from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.tests.crashing.harness import House
from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import Bot, Office, Thread, workers
from crm_site.work.models import WorkItem
from intake.choices import ProposalState
from intake.matrix.choices import EventState, PostState
from intake.matrix.models import MatrixEvent, MatrixPost
from intake.matrix.tests.journeys.scene import Firm, firm
from intake.models import InboundMessage, Proposal

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

MESSAGES = 100
KILLS = 20
RESTARTS = 2
# The longest that a victim lives before the next blow: some die while they start, some in the middle of work.
LONGEST_LIFE_S = 2.5
ALL_WITHIN_S = 120.0


class Chaos:
    """The office under fire. firms: what each thread told of."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self.random = random.Random(seed)
        self.petra = office.member("partner", "Petra Partner")
        self.bot: Bot = office.bot()
        self.hands: House = workers()
        self.threads: list[Thread] = []
        self.firms: list[Firm] = []
        self.answered: set[str] = set()
        self.killed: Counter[str] = Counter()
        self.room = ""

    def begin(self) -> None:
        self.hands.__enter__()
        self.bot.start()
        self.bot.wait_until_listening()
        self.room = self.office.room(self.petra)

    def end(self) -> None:
        self.bot.kill()
        self.hands.kill()

    def say(self, count: int) -> None:
        for _ in range(count):
            told = firm()
            root = self.petra.say(self.room, told.met)
            self.firms.append(told)
            self.threads.append(self.office.thread(self.petra, self.room, root))

    def answer(self, share: float) -> None:
        """Say yes, by word or by reaction, to that share of the proposals that the person sees and has not answered."""
        for thread in self.threads:
            if thread.root in self.answered or not thread.news or self.random.random() > share:
                continue
            self.answered.add(thread.root)
            if self.random.random() < 0.5:
                self.petra.answer(self.room, thread.root, "yes")
            else:
                self.petra.react(self.room, thread.news[0].event_id, "✅")

    def strike(self) -> None:
        """kill -9 of one of the two, some time into its life, and a new one in its place."""
        time.sleep(self.random.uniform(0.0, LONGEST_LIFE_S))
        if self.random.random() < 0.6:
            self.killed["bot"] += 1
            self.bot.kill()
            self.bot = self.office.bot()
            self.bot.start()
        else:
            self.killed["workers"] += 1
            self.hands.kill()
            self.hands = workers()
            self.hands.__enter__()


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("CHAOS_SEED", "20261121"))


@pytest.fixture
def chaos(homeserver: Homeserver, db: None, seed: int) -> Iterator[Chaos]:
    office = Office(homeserver)
    office.works_here = False
    made = Chaos(office, seed)
    try:
        made.begin()
        yield made
    finally:
        made.end()
        office.close()


def test_every_message_and_every_yes_counts_exactly_once(
    chaos: Chaos, homeserver: Homeserver, seed: int
) -> None:
    restarts = {KILLS // 3, 2 * KILLS // 3}
    assert len(restarts) == RESTARTS
    for blow in range(KILLS):
        chaos.say(MESSAGES // KILLS)
        chaos.answer(0.5)
        if blow in restarts:
            homeserver.restart()
        chaos.strike()
    assert sum(chaos.killed.values()) == KILLS and len(chaos.killed) == 2, f"seed {seed}: {chaos.killed}"
    office, petra = chaos.office, chaos.petra
    office.wait(
        petra, "a proposal for each", lambda: all(t.news for t in chaos.threads), timeout_s=ALL_WITHIN_S
    )
    chaos.answer(1.0)
    office.wait(
        petra,
        "an answer to each yes",
        lambda: all(len(t.news) >= 2 for t in chaos.threads),
        timeout_s=ALL_WITHIN_S,
    )
    # Whatever is still on its way would be too much: let it come.
    office.wait(petra, "nothing waits", lambda: not _waiting())
    petra.wait_until_seen(petra.say(chaos.room, "thanks everybody"))
    check(chaos)


def _waiting() -> bool:
    return (
        MatrixEvent.unscoped.exclude(state=EventState.DONE).exists()
        or MatrixPost.unscoped.exclude(state=PostState.SENT).exists()
        or WorkItem.unscoped.unfinished().filter(kind__startswith="intake.").exists()
    )


def check(chaos: Chaos) -> None:
    roots = [thread.root for thread in chaos.threads]
    assert Counter(len(thread.news) for thread in chaos.threads) == {2: MESSAGES}
    assert InboundMessage.unscoped.filter(external_id__in=roots).count() == MESSAGES
    proposals = Proposal.unscoped.filter(message__external_id__in=roots)
    assert Counter(proposals.values_list("state", flat=True)) == {ProposalState.COMMITTED: MESSAGES}
    with scope(chaos.office.organization):
        written = Communication.objects.values_list("investor__name", flat=True)
        assert Counter(written) == dict.fromkeys((told.name for told in chaos.firms), 1)
        assert list(audit_reading.verify(chaos.office.organization.pk)) == []
