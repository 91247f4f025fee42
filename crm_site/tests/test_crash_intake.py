"""A sentence survives the death of whoever reads it: one message, one run, one proposal, at every step of the pipeline."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.audit import reading as audit_reading
from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.crashing.harness import ROOT, House, database_url, wait_for
from crm_site.work import claimant, sweeper
from crm_site.work.models import State, WorkItem
from crm_site.work.tests.drain import drain
from intake import services as intake
from intake.choices import ProposalState
from intake.models import InboundMessage, IntakeRun, Proposal

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]

SENTENCE = "Met Dana Whitfield (COO, {firm}, dana@{mail}) in Austin, follow up next Tuesday"
STEPS = (
    "normalise",
    "classify",
    "extract",
    "verify",
    "match",
    "commitments",
    "deadlines",
    "tasks",
    "facts",
    "propose",
)
POINTS = [f"intake.{step}" for step in STEPS] + ["work.handled", "work.written"]
FIRMS = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper", "Katsura", "Larch",
)  # fmt: skip


@pytest.fixture
def partner():
    house = cast.make_organization("Harbor House", slug="harbor-house")
    member = cast.make_member(house, "partner", name="Petra Partner")
    with scope(house):
        yield member


def send(partner, firm: str) -> InboundMessage:
    body = SENTENCE.format(firm=f"{firm} Ridge Capital", mail=f"{firm.lower()}ridge.example")
    return intake.receive(actor=cast.actor_of(partner), source="web", body=body, external_id=firm).message


def died(work: WorkItem) -> bool:
    work.refresh_from_db()
    return work.attempts > 0 and claimant.is_gone(work.claimed_by)


def recover(work: WorkItem) -> None:
    """What a restarted house does with interrupted work, without the seconds that starting one takes."""
    sweeper.sweep()
    WorkItem.unscoped.filter(pk=work.pk).update(next_try_at=timezone.now())
    drain()


def test_a_kill_at_every_step_leaves_exactly_one_proposal(partner) -> None:
    for point, firm in zip(POINTS, FIRMS, strict=True):
        message = send(partner, firm)
        work = WorkItem.unscoped.get(subject_id=message.pk, kind__startswith="intake.")
        with House(fault=point, command="qcluster") as house:
            wait_for(f"killed at {point}", lambda work=work: died(work))
            house.kill()
        assert not Proposal.objects.filter(message=message).exists(), point
        recover(work)
        assert Proposal.objects.filter(message=message).count() == 1, point
    assert set(WorkItem.unscoped.values_list("state", flat=True)) == {State.DONE}
    assert (
        InboundMessage.objects.count() == IntakeRun.objects.count() == Proposal.objects.count() == len(POINTS)
    )


def test_a_real_restart_reads_what_a_killed_house_left(partner) -> None:
    message = send(partner, "Alder")
    work = WorkItem.unscoped.get(subject_id=message.pk, kind__startswith="intake.")
    with House(fault="intake.match", command="qcluster") as house:
        wait_for("killed", lambda: died(work))
        house.kill()
    for firm in FIRMS[1:6]:
        send(partner, firm)
    with House():
        wait_for("all read", lambda: not WorkItem.unscoped.unfinished().exists(), timeout_s=90)
    assert Proposal.objects.count() == IntakeRun.objects.count() == 6
    assert Proposal.objects.filter(message=message).count() == 1


APPROVE = """
import django; django.setup()
from crm_site.accounts.models import Membership
from crm_site.accounts import sessions
from crm_site.core.actor import Door
from crm_site.core.scope import scope
from intake import services
from intake.models import Proposal
member = Membership.unscoped.select_related("user", "organization").get(pk={member})
with scope(member.organization):
    proposal = Proposal.objects.get(pk={proposal})
    services.approve(actor=sessions.actor_for(member, door=Door.WEB), proposal=proposal, revision=1)
"""


@pytest.mark.parametrize("point", ["intake.taken", "intake.logged"])
def test_a_kill_while_a_yes_is_written_writes_nothing(partner, point: str) -> None:
    send(partner, "Alder")
    with House():
        wait_for("read", lambda: Proposal.objects.exists(), timeout_s=60)
    proposal = Proposal.objects.get()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "FAULT": point,
        "DJANGO_SETTINGS_MODULE": "crm_site.settings",
    }
    code = APPROVE.format(member=partner.pk, proposal=proposal.pk)
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PENDING
    assert not Communication.objects.exists()
    intake.approve(actor=cast.actor_of(partner), proposal=proposal, revision=1)
    assert Communication.objects.count() == 1
    assert list(audit_reading.verify(partner.organization_id)) == []
    connection.close()
