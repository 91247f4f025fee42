"""Duplicates: the queue, side by side, merging with undo, and the history."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.accounts.models import Membership
from crm_site.communications.models import Communication
from crm_site.core.scope import scope
from crm_site.home.duplicates import progress
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.relations.models import DistinctPair, Merge
from crm_site.tests import cast
from crm_site.work.models import WorkItem
from search.entities import looking
from search.entities.choices import PairState, Tier
from search.entities.models import Look, Pair

HTMX = {"HX-Request": "true"}


def propose(left: Any, right: Any, **values: Any) -> Pair:
    low, high = sorted((left.pk, right.pk))
    given = {
        "kind": left._meta.model_name, "tier": Tier.LIKELY, "score": 0.9, "rule_version": "1",
        "reasons": ["the names are alike"], "corroborators": ["one domain"], "found_at": timezone.now(),
    }  # fmt: skip
    return Pair.objects.create(
        organization_id=left.organization_id, left_id=low, right_id=high, **(given | values)
    )


@pytest.fixture
def desk(partner: Membership) -> Client:
    return cast.client_of(partner)


@pytest.fixture
def two(house: Any) -> tuple[Investor, Investor]:
    alder = cast.make_investor("Alder Capital", location="Oslo", notes="Ours.")
    birch = cast.make_investor("Alder Cap", location="Bergen", notes="Theirs.", website="alder.example")
    cast.make_communication(alder)
    return alder, birch


def address(left: Any, right: Any) -> str:
    return f"/duplicates/{left._meta.model_name}s/{left.pk}/{right.pk}/"


def choices(left: Any, right: Any, **more: str) -> dict[str, Any]:
    return {
        "survivor": "left", "name": "left", "location": "right", "website": "right", "notes": "both",
        "left_version": left.version, "right_version": right.version,
    } | more  # fmt: skip


def test_the_queue_says_why_and_what_the_model_thinks(desk: Client, two: Any) -> None:
    propose(*two, advice="same", advice_reason="One domain and one city.", both_orders_agree=True)
    page = desk.get("/duplicates/").content.decode()
    for text in (
        "Alder Capital",
        "Alder Cap",
        "the names are alike",
        "one domain",
        "One domain and one city.",
    ):
        assert text in page
    assert "Alder Capital" not in desk.get("/duplicates/?kind=contacts").content.decode()


def test_doubtful_pairs_show_when_asked_for(desk: Client, two: Any) -> None:
    propose(*two, tier=Tier.UNLIKELY, vetoes=["other fund series"])
    assert "other fund series" not in desk.get("/duplicates/").content.decode()
    assert "other fund series" in desk.get("/duplicates/?doubtful=1").content.decode()


def test_contacts_have_a_queue_of_their_own(desk: Client, house: Any) -> None:
    firm = cast.make_investor("Harbor Point")
    ada = cast.make_contact("Ada Lind", investor=firm, email="ada@harbor.example")
    propose(ada, cast.make_contact("A. Lind"))
    page = desk.get("/duplicates/?kind=contacts").content.decode()
    assert "Ada Lind" in page and "ada@harbor.example" in page and "Harbor Point" in page


def test_an_empty_queue_says_what_goes_there(desk: Client) -> None:
    assert "Nothing looks double" in desk.get("/duplicates/").content.decode()
    assert "Nothing was merged yet" in desk.get("/duplicates/merges/").content.decode()


def test_side_by_side_shows_what_differs_and_how_much_moves(desk: Client, two: Any) -> None:
    page = desk.get(address(*two)).content.decode()
    for text in ("Oslo", "Bergen", "Communications", 'name="location"', 'value="both"'):
        assert text in page
    assert 'name="type"' not in page
    # The one with more on it stays, unless somebody says otherwise.
    assert '<input type="radio" name="survivor" value="left" checked' in page


def test_merging_takes_each_choice_and_offers_undo(desk: Client, two: Any) -> None:
    alder, birch = two
    pair = propose(alder, birch)
    answer = desk.post(address(alder, birch), choices(alder, birch))
    assert answer["Location"] == "/duplicates/"
    alder.refresh_from_db()
    assert (alder.name, alder.location, alder.website) == ("Alder Capital", "Bergen", "alder.example")
    assert alder.notes == "Ours.\n\nTheirs."
    assert Investor.all_objects.get(pk=birch.pk).merged_into_id == alder.pk
    pair.refresh_from_db()
    assert pair.state == PairState.MERGED
    undo = f"/duplicates/merges/{Merge.objects.get().pk}/undo/"
    assert undo in desk.get("/duplicates/").content.decode()
    assert desk.get(f"/investors/{birch.pk}/")["Location"] == f"/investors/{alder.pk}/"
    desk.post(undo)
    alder.refresh_from_db()
    assert (alder.location, alder.notes) == ("Oslo", "Ours.")
    assert desk.get(f"/investors/{birch.pk}/").status_code == 200


def test_the_right_one_can_stay(desk: Client, two: Any) -> None:
    alder, birch = two
    answer = desk.post(address(alder, birch), choices(alder, birch, survivor="right", notes="left"))
    assert answer["Location"] == f"/investors/{birch.pk}/"
    birch.refresh_from_db()
    assert (birch.name, birch.notes) == ("Alder Capital", "Ours.")
    assert Communication.objects.get().investor_id == birch.pk


def test_people_are_merged_too(desk: Client, house: Any) -> None:
    ada = cast.make_contact("Ada Lind", email="ada@harbor.example")
    other = cast.make_contact("A. Lind", email="al@harbor.example")
    sent = {"survivor": "left", "name": "left", "left_version": 1, "right_version": 1}
    assert desk.post(address(ada, other), sent).status_code == 302
    assert set(ada.emails.values_list("email", flat=True)) == {"ada@harbor.example", "al@harbor.example"}


def test_an_edit_meanwhile_is_shown_and_the_choices_stay(desk: Client, two: Any) -> None:
    alder, birch = two
    sent = choices(alder, birch, location="left", notes="left")
    fresh = Investor.objects.get(pk=birch.pk)
    investors.edit_investor(actor=cast.system(), investor=fresh, values={"location": "Lima"})
    answer = desk.post(address(alder, birch), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed Alder Cap meanwhile" in page and "Lima" in page
    assert '<input type="radio" name="location" value="left" checked' in page
    assert '<input type="radio" name="notes" value="left" checked' in page
    assert not Merge.objects.exists()
    # Sent once more as it stands now, it is a decision on what was shown.
    sent["right_version"] = fresh.version
    assert desk.post(address(alder, birch), sent).status_code == 302


def test_a_pair_merged_meanwhile_leads_back_and_says_so(desk: Client, two: Any) -> None:
    alder, birch = two
    sent = choices(alder, birch)
    relations.merge(actor=cast.system(), survivor=birch, absorbed=alder)
    for method, body in ((desk.get, {}), (desk.post, sent)):
        answer = method(address(alder, birch), body)
        assert answer["Location"] == "/duplicates/"
        assert "Alder Capital was merged into Alder Cap" in desk.get("/duplicates/").content.decode()
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("broken", [{"survivor": "third"}, {"location": "x"}, {"left_version": ""}])
def test_a_broken_form_writes_nothing(desk: Client, two: Any, broken: dict[str, str]) -> None:
    assert desk.post(address(*two), choices(*two, **broken)).status_code == 422
    assert not Merge.objects.exists()


def test_not_the_same_is_remembered_and_taken_back(desk: Client, two: Any) -> None:
    pair = propose(*two)
    desk.post(f"{address(*two)}apart/")
    pair.refresh_from_db()
    assert pair.state == PairState.APART and DistinctPair.objects.exists()
    refused = desk.post(address(*two), choices(*two))
    assert refused.status_code == 409 and "are not the same" in refused.content.decode()
    assert f"{address(*two)}allow/" in desk.get(address(*two)).content.decode()
    desk.post(f"{address(*two)}allow/")
    assert not DistinctPair.objects.exists()
    assert desk.post(address(*two), choices(*two)).status_code == 302


def test_the_other_one_is_found_by_name(desk: Client, two: Any) -> None:
    alder, birch = two
    propose(alder, birch)
    likely = desk.get(f"/duplicates/investors/{alder.pk}/").content.decode()
    assert address(alder, birch) in likely
    found = desk.get(f"/duplicates/investors/{alder.pk}/", {"q": "der cap"}).content.decode()
    assert address(alder, birch) in found and address(alder, alder) not in found
    assert f"/duplicates/investors/{alder.pk}/" in desk.get(f"/investors/{alder.pk}/").content.decode()


def test_the_history_foretells_what_stays(desk: Client, two: Any) -> None:
    alder, birch = two
    done = relations.merge(actor=cast.system(), survivor=alder, absorbed=birch, chosen={"location": "Bergen"})
    fresh = Investor.objects.get(pk=alder.pk)
    investors.edit_investor(actor=cast.system(), investor=fresh, values={"location": "Lima"})
    page = desk.get(f"/duplicates/merges/{done.pk}/").content.decode()
    assert "location was changed since" in page and "Take it back" in page
    # Looking has written nothing.
    assert Merge.objects.standing().count() == 1 and Investor.objects.count() == 1
    desk.post(f"/duplicates/merges/{done.pk}/undo/")
    page = desk.get(f"/duplicates/merges/{done.pk}/").content.decode()
    assert "location was changed since" in page and "Take it back" not in page
    assert "taken back" in desk.get("/duplicates/merges/").content.decode()
    assert Investor.objects.get(pk=alder.pk).location == "Lima"


def test_a_later_merge_is_named_and_linked(desk: Client, two: Any) -> None:
    first = relations.merge(actor=cast.system(), survivor=two[0], absorbed=two[1])
    later = relations.merge(actor=cast.system(), survivor=cast.make_investor(), absorbed=two[0])
    page = desk.get(f"/duplicates/merges/{first.pk}/").content.decode()
    assert f'href="/duplicates/merges/{later.pk}/"' in page and "Take it back" not in page


def test_viewers_read_and_do_not_decide(viewer: Membership, two: Any) -> None:
    desk = cast.client_of(viewer)
    propose(*two)
    page = desk.get("/duplicates/").content.decode()
    assert "Alder Capital" in page and "Not the same" not in page and "Look again" not in page
    assert "Merge</button>" not in desk.get(address(*two)).content.decode()
    done = relations.merge(actor=cast.system(), survivor=cast.make_investor(), absorbed=cast.make_investor())
    for path in (
        address(*two), f"{address(*two)}apart/", f"{address(*two)}allow/", "/duplicates/look/",
        f"/duplicates/merges/{done.pk}/undo/",
    ):  # fmt: skip
        assert desk.post(path, choices(*two)).status_code == 403, path
    assert desk.get(f"/duplicates/investors/{two[0].pk}/").status_code == 403
    assert Merge.objects.standing().get() == done


def test_another_organizations_pair_is_not_there(desk: Client, two: Any, foreign: cast.Rows) -> None:
    with scope(foreign.organization):
        other = cast.make_investor("Zanzibar")
        done = relations.merge(actor=cast.system(), survivor=foreign.investor, absorbed=other)
    for path in (
        address(two[0], other), f"/duplicates/investors/{other.pk}/", f"/duplicates/merges/{done.pk}/"
    ):  # fmt: skip
        assert desk.get(path).status_code == 404
    assert desk.post(f"/duplicates/merges/{done.pk}/undo/").status_code == 404


def test_a_look_is_asked_for_once_and_its_progress_shows(desk: Client, house: Any) -> None:
    desk.post("/duplicates/look/")
    desk.post("/duplicates/look/")
    assert WorkItem.objects.filter(kind=progress.WORK).count() == 1
    assert progress.WORK == looking.WORK
    Look.objects.create(organization_id=house.pk, kind="investor", started_at=timezone.now(), percent=40)
    page = desk.get("/duplicates/").content.decode()
    assert "40 %" in page and "Look again" not in page
    assert "40 %" in desk.get("/duplicates/look/", headers=HTMX).content.decode()
    WorkItem.objects.filter(kind=progress.WORK).update(state="done")
    assert desk.get("/duplicates/look/", headers=HTMX)["HX-Refresh"] == "true"


def test_pages_take_the_same_queries_whatever_the_rows(desk: Client, house: Any) -> None:
    counts: dict[str, list[int]] = {"/duplicates/": [], "/duplicates/merges/": [], "side": []}
    for turn in range(2):
        for _ in range(1 + turn * 6):
            propose(cast.make_investor(website="a.example"), cast.make_investor())
            relations.merge(actor=cast.system(), survivor=cast.make_investor(), absorbed=cast.make_investor())
        left, right = cast.make_investor(), cast.make_investor()
        for _ in range(turn * 4):
            cast.make_communication(right)
        for name in counts:
            with CaptureQueriesContext(connection) as seen:
                assert desk.get(address(left, right) if name == "side" else name).status_code == 200
            counts[name].append(len(seen))
    for name, (few, many) in counts.items():
        assert few == many <= 12, (name, few, many)


class TestCommand:
    def run(self, *args: Any) -> str:
        out = io.StringIO()
        call_command("unmerge", *args, stdout=out)
        return out.getvalue()

    def test_a_dry_run_tells_and_writes_nothing(self, two: Any) -> None:
        done = relations.merge(actor=cast.system(), survivor=two[1], absorbed=two[0])
        said = self.run(done.pk, "--dry-run")
        assert "Alder Capital was merged into Alder Cap" in said and "1 communications" in said
        assert Merge.objects.standing().exists() and Investor.objects.count() == 1

    def test_it_takes_the_merge_back_and_names_what_stays(self, two: Any) -> None:
        done = relations.merge(
            actor=cast.system(), survivor=two[0], absorbed=two[1], chosen={"location": "Bergen"}
        )
        fresh = Investor.objects.get(pk=two[0].pk)
        investors.edit_investor(actor=cast.system(), investor=fresh, values={"location": "Lima"})
        assert "Stays as it is: location was changed since." in self.run(done.pk)
        assert Investor.objects.count() == 2

    def test_what_cannot_be_is_said(self, two: Any, foreign: cast.Rows, house: Any) -> None:
        done = relations.merge(actor=cast.system(), survivor=two[0], absorbed=two[1])
        later = relations.merge(actor=cast.system(), survivor=cast.make_investor(), absorbed=two[0])
        with pytest.raises(CommandError, match="several organizations"):
            self.run(done.pk)
        with pytest.raises(CommandError, match=f"Its id is {later.pk}"):
            self.run(done.pk, "--org", house.slug)
        with pytest.raises(CommandError, match="has no merge"):
            self.run(done.pk, "--org", foreign.organization.slug)
        with pytest.raises(CommandError, match="no organization"):
            self.run(done.pk, "--org", "nowhere")
