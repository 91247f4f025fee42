"""Measures the Matrix bot: a local Synapse, a person's client, the bot and its workers as processes, no model.

`./deploy/bench matrix` starts it on a database of its own and prints what this prints: one JSON list on the last line.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crm_site.accounts.models import Organization
from crm_site.tests.synapse.homeserver import Homeserver
from crm_site.tests.synapse.office import Bot, Office, Thread, workers
from crm_site.tests.synapse.person import Person
from intake.choices import ProposalState
from intake.matrix.tests.journeys.scene import firm
from intake.models import Proposal

MESSAGES = 100
WARM_UP = 5
IDLE_S = 60.0
WITHIN_S = 60.0


@dataclasses.dataclass(frozen=True)
class Figures:
    """One line. cpu_ms: the bot's own CPU for one of `runs`. cpu_percent: of one core, over IDLE_S. rss_mb: the bot's memory."""

    case: str
    runs: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    cpu_ms: float | None = None
    cpu_percent: float | None = None
    rss_mb: float | None = None


class Spent:
    """What a process has used so far, by /proc."""

    def __init__(self, pid: int) -> None:
        self.folder = Path(f"/proc/{pid}")

    def cpu_s(self) -> float:
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        lines = (self.folder / "status").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
        return round(kilobytes / 1024, 1)


def measure() -> list[Figures]:
    with (
        tempfile.TemporaryDirectory(prefix="roundtable-synapse-") as folder,
        Homeserver(Path(folder)) as server,
    ):
        floor = raw_round_trips(server)
        office = Office(server, organization=Organization.objects.order_by("id")[0])
        office.works_here = False
        try:
            with workers() as hands, office.bot() as bot:
                hands.wait_until_up("fast")
                return [floor, *with_the_bot(office, bot)]
        finally:
            office.close()


def raw_round_trips(server: Homeserver) -> Figures:
    """What Synapse alone takes: one client says something, another answers at once, the first sees the answer."""
    with Person(server, server.newcomer("anna")) as anna, Person(server, server.newcomer("ben")) as ben:
        room = anna.create_room("Raw", invite=[ben.mxid])
        ben.wait_for("the invite", lambda: room in ben.invites)
        ben.join(room)
        ben.answers_at_once(room)
        took = []
        for number in range(WARM_UP + MESSAGES):
            began = time.monotonic()
            root = anna.say(room, f"ping {number}")
            took.append(answered_at(anna, room, root) - began)
    return figures("raw Synapse round trip", took[WARM_UP:])


def answered_at(person: Person, room: str, root: str) -> float:
    return person.wait_for("an answer", lambda: person.answers(room, root), timeout_s=WITHIN_S)[0].at


def with_the_bot(office: Office, bot: Bot) -> list[Figures]:
    petra = office.member("partner", "Petra Partner")
    room = office.room(petra)
    spent = Spent(bot.pid)
    # Each a new investor, a new contact, a meeting and a reminder: the most that one sentence usually writes.
    texts = [firm().met for _ in range(WARM_UP + MESSAGES)]
    before = committed(office)
    for text in texts[:WARM_UP]:
        proposal_after(office, petra, room, text)[0].answer("yes")
    cpu = spent.cpu_s()
    made = [proposal_after(office, petra, room, text) for text in texts[WARM_UP:]]
    proposed = figures("message → proposal", [took for _, took in made], spent.cpu_s() - cpu)
    cpu = spent.cpu_s()
    confirmed = figures(
        "yes → confirmed", [confirmation_after(thread) for thread, _ in made], spent.cpu_s() - cpu
    )
    written = committed(office) - before
    if written != WARM_UP + MESSAGES:
        raise RuntimeError(f"{written} of {WARM_UP + MESSAGES} proposals were written")
    return [proposed, confirmed, idle(spent)]


def committed(office: Office) -> int:
    return Proposal.unscoped.filter(organization=office.organization, state=ProposalState.COMMITTED).count()


def proposal_after(office: Office, person: Person, room: str, text: str) -> tuple[Thread, float]:
    """Say it; the thread, and the seconds until the person's client showed the proposal."""
    began = time.monotonic()
    thread = office.thread(person, room, person.say(room, text))
    return thread, thread.wait_for_posts(1, timeout_s=WITHIN_S).at - began


def confirmation_after(thread: Thread) -> float:
    began = time.monotonic()
    return thread.answer("yes").at - began


def idle(spent: Spent) -> Figures:
    """Nothing happens: the bot long-polls, watches its outbox and beats."""
    before, began = spent.cpu_s(), time.monotonic()
    time.sleep(IDLE_S)
    percent = (spent.cpu_s() - before) / (time.monotonic() - began) * 100
    return Figures(f"idle bot, {IDLE_S:.0f} s", runs=1, cpu_percent=round(percent, 2), rss_mb=spent.rss_mb())


def figures(case: str, took_s: list[float], cpu_s: float | None = None) -> Figures:
    ordered = sorted(second * 1000 for second in took_s)
    return Figures(
        case=case,
        runs=len(ordered),
        p50_ms=round(statistics.median(ordered), 1),
        p95_ms=round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        cpu_ms=None if cpu_s is None else round(cpu_s * 1000 / len(ordered), 1),
    )


def main(report: Callable[[str], None] = print) -> None:
    report(json.dumps([dataclasses.asdict(line) for line in measure()]))


if __name__ == "__main__":
    main()
