"""The System page tells how the search index does, and has it built anew."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from crm_site.accounts.models import Membership
from crm_site.audit.models import AuditEvent
from crm_site.core.scope import current_id
from crm_site.tests import cast
from crm_site.work import beats, doctor
from crm_site.work.models import WorkItem
from search import condition, embed, index, pulse, rebuilding, reconciling, tasks
from search.models import Claim, Dirty, Stage, Target, TargetState

CARD, REBUILD = "/system/index/", "/system/index/rebuild/"


@pytest.fixture(autouse=True)
def nowhere(settings: Any, tmp_path: Path) -> None:
    """No index is there, unless a test pretends one."""
    index.reset()
    settings.INDEX_DIR = tmp_path


@pytest.fixture
def target(house: Any) -> Target:
    return Target.objects.create(
        collection="c1", fingerprint=rebuilding.fingerprint(None), state=TargetState.LIVE, stage=Stage.DONE
    )


@pytest.fixture
def answering(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "collections", lambda: {target.collection: True})
    monkeypatch.setattr(index, "count", lambda **anything: 1234)


def card(member: Membership) -> str:
    page = cast.client_of(member).get(CARD).content.decode()
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_the_page_does_not_wait_for_the_index(partner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "collections", refuse)
    page = cast.client_of(partner).get("/system/").content.decode()
    assert f'hx-get="{CARD}"' in page


def refuse(**anything: Any) -> None:
    raise AssertionError("nobody may ask the index here")


def test_an_index_that_answers_is_told_with_its_facts(partner: Membership, answering: None) -> None:
    said = card(partner)
    assert "answers" in said and "1234" in said and "words only" in said and "nothing waits" in said
    assert "not yet; every night" in said


def test_an_index_that_is_away_is_told_with_why(partner: Membership, target: Target) -> None:
    said = card(partner)
    assert "away" in said and "has not been started yet" in said and "the database answers searches" in said


def test_what_it_is_behind_is_told(partner: Membership, answering: None, target: Target) -> None:
    Dirty.objects.create(organization_id=current_id(), target=target, key="fund:1")
    Dirty.objects.update(noted_at=timezone.now() - timedelta(seconds=90))
    assert re.search(r"1 change, the oldest for 9\d s", card(partner))


def test_records_that_fail_are_named_for_their_own_organization_alone(
    partner: Membership, foreign: cast.Rows, answering: None, target: Target
) -> None:
    for organization_id, key in ((current_id(), "fund:1"), (foreign.organization.pk, "fund:2")):
        Claim.unscoped.create(
            organization_id=organization_id, target=target, key=key, failures=7, error="<b>corrupt</b>"
        )
    page = cast.client_of(partner).get(CARD).content.decode()
    assert "fund:1" in page and "fund:2" not in page
    assert "&lt;b&gt;corrupt" in page


def test_the_list_of_failing_records_is_capped(partner: Membership, answering: None, target: Target) -> None:
    for number in range(30):
        Claim.objects.create(organization_id=current_id(), target=target, key=f"fund:{number}", failures=9)
    page = cast.client_of(partner).get(CARD).content.decode()
    assert page.count("9 attempts") == condition.MOST_FAILING


def test_why_it_is_not_brought_up_to_date_is_told(partner: Membership, answering: None) -> None:
    pulse.failed("The model server does not answer.")
    assert "The model server does not answer." in card(partner)


def test_the_last_comparison_is_told(partner: Membership, answering: None) -> None:
    beats.record(reconciling.beat_of(current_id()), "2 missing")
    assert "2 missing" in card(partner)


def test_another_model_asks_for_a_rebuild(
    admin: Membership, answering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Changed since" not in card(admin)
    monkeypatch.setattr(embed, "configured_id", lambda: "server:new")
    assert "the embedding model: none then, server:new now" in card(admin)
    monkeypatch.setattr(embed, "configured_id", lambda: "")
    Target.objects.update(fingerprint="none|bm25:english:9|chunks:0")
    said = card(admin)
    assert "how words are weighed" in said and "how texts are cut into passages" in said


def test_only_who_may_retry_work_may_rebuild(partner: Membership, admin: Membership, answering: None) -> None:
    assert "Rebuild the index" not in card(partner)
    assert cast.client_of(partner).post(REBUILD).status_code == 403
    assert not WorkItem.unscoped.exists()
    assert "Rebuild the index" in card(admin)
    assert cast.client_of(admin).get(REBUILD).status_code == 405
    assert cast.client_of(admin).post(REBUILD).status_code == 302
    assert WorkItem.objects.get().kind == tasks.REBUILD
    assert AuditEvent.objects.filter(action="index.rebuild_asked").count() == 1


@pytest.mark.parametrize("path", [CARD, REBUILD])
def test_associates_do_not_see_it(associate: Membership, path: str) -> None:
    client = cast.client_of(associate)
    assert (client.post(path) if path == REBUILD else client.get(path)).status_code == 403


def test_a_rebuild_shows_how_far_it_is_and_looks_again_by_itself(
    admin: Membership, answering: None, target: Target
) -> None:
    client = cast.client_of(admin)
    client.post(REBUILD)
    page = client.get(CARD).content.decode()
    assert "begins in a moment" in page and "load delay" in page and "Rebuild the index" not in page
    WorkItem.unscoped.all().delete()
    going = Target.objects.create(collection="c2", fingerprint="x", stage=Stage.DRAIN, total=4, backlog=10**9)
    Dirty.objects.create(organization_id=current_id(), target=going, key="fund:1")
    page = client.get(CARD).content.decode()
    assert 'value="75"' in page and "load delay" in page and "Rebuild the index" not in page
    answer = client.post(REBUILD, follow=True).content.decode()
    assert "under way already" in answer


def test_doctor_says_it_and_never_calls_it_down(house: Any, target: Target) -> None:
    line = next(line for line in doctor.examine() if line.name == "search index")
    assert line.finding.verdict is doctor.Verdict.WARN
    assert "has not been started yet" in line.finding.text


def test_doctor_is_content_with_an_index_that_is_well(house: Any, answering: None, target: Target) -> None:
    line = next(line for line in doctor.examine() if line.name == "search index")
    assert line.finding.verdict is doctor.Verdict.OK
    Dirty.objects.create(organization_id=current_id(), target=target, key="fund:1")
    Dirty.objects.update(noted_at=timezone.now() - timedelta(seconds=300))
    line = next(line for line in doctor.examine() if line.name == "search index")
    assert line.finding.verdict is doctor.Verdict.WARN and "the oldest for 300 s" in line.finding.text
