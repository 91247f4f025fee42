"""Questions about topics, and how the data does, when there is an index: through the door that answers questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.investors import services as investors
from crm_site.relations import services as relations
from crm_site.tests import cast
from nlquery import runner
from nlquery.answers import Envelope
from search import freshness, rebuilding, retrieve
from search.models import Dirty
from search.tests import settling
from search.tests.conftest import Process

pytestmark = pytest.mark.django_db(transaction=True)

#: The transaction and its time-out are not the question's own.
PLUMBING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT current_setting", "SELECT set_config")
#: Who is meant, which index, which of the found still stand, their texts, their kinds. None grows with the rows.
MOST_QUERIES = 5


@pytest.fixture
def served(kept: Process, house: Any, settings: Any) -> Iterator[None]:
    retrieve.circuit.mended()
    rebuilding.ensure_target()
    settling.settle()
    yield
    retrieve.circuit.mended()
    # Back to the index that a test took away: what was made in it is removed after this.
    settings.QDRANT_URL, settings.INDEX_DIR = "", kept.folder


def asked(member: Any, intent: str = "activity_search", **slots: Any) -> Envelope:
    return runner.run_query(actor=cast.actor_of(member), intent=intent, slots=slots)


def texts(answer: Envelope) -> set[str]:
    return {row["text"] for row in answer.rows}


def test_communications_and_facts_come_from_the_index(served, viewer) -> None:
    investor = cast.make_investor("Blue Heron")
    call = cast.make_communication(
        investor, kind="call", subject="Terms", body="They discussed co-investing with us."
    )
    cast.make_fact(investor, text="Likes co-investments.")
    cast.make_communication(investor, body="Nothing of the kind.")
    settling.settle()
    answer = asked(viewer, text="co-investment")
    assert texts(answer) == {"Terms: They discussed co-investing with us.", "Likes co-investments."}
    assert answer.summary.startswith(
        "1 communication and 1 fact have words of “co-investment” (found by its words"
    )
    assert "does not answer" not in answer.summary
    (row,) = [row for row in answer.rows if row["kind"] == "Call"]
    assert (row["text_url"], row["investor"]) == (f"/communications/{call.pk}/", "Blue Heron")


def test_the_planned_the_retired_the_deleted_and_others_do_not_come(served, viewer, foreign) -> None:
    blue, retired, gone = (cast.make_investor(name) for name in ("Blue", "Retired", "Gone"))
    cast.make_communication(blue, body="quokka stays")
    cast.make_communication(
        blue, body="quokka plan", state="planned", occurred_on=clock.today() + timedelta(days=3)
    )
    cast.make_communication(retired, body="quokka retired")
    cast.make_communication(gone, body="quokka gone")
    with scope(foreign.organization):
        cast.make_communication(foreign.investor, body="quokka elsewhere")
    settling.settle()
    # After the index has learned of them: it is the database that knows better.
    investors.retire_investor(actor=cast.system(), investor=retired, reason="out")
    relations.delete_record(actor=cast.system(), row=gone)
    assert texts(asked(viewer, text="quokka")) == {"quokka stays"}


def test_investor_and_window_narrow(served, viewer) -> None:
    blue, cedar = cast.make_investor("Blue Heron"), cast.make_investor("Cedar Row")
    cast.make_communication(blue, body="quokka one", occurred_on=date(2025, 5, 1))
    cast.make_communication(blue, body="quokka two", occurred_on=date(2025, 6, 1))
    cast.make_communication(cedar, body="quokka three", occurred_on=date(2025, 6, 1))
    settling.settle()
    assert texts(asked(viewer, text="quokka", investor="Blue Heron")) == {"quokka one", "quokka two"}
    answer = asked(viewer, text="quokka", investor="Blue Heron", window="2025-05-15..2025-06-30")
    assert texts(answer) == {"quokka two"}
    assert texts(asked(viewer, text="quokka", window="..2025-05-31")) == {"quokka one"}
    answer = asked(viewer, text="quokka", limit=2)
    assert (answer.truncated, len(answer.rows)) == (True, 2) and answer.summary.endswith(
        "; these are the best 2."
    )


def test_an_index_that_is_away_is_told_and_the_texts_are_looked_through(
    served, viewer, settings, tmp_path
) -> None:
    cast.make_communication(body="quokka here")
    settings.QDRANT_URL = "http://127.0.0.1:9"
    answer = asked(viewer, text="quokka")
    assert texts(answer) == {"quokka here"}
    assert "because the search index does not answer" in answer.summary
    settings.QDRANT_URL, settings.INDEX_DIR = "", tmp_path
    answer = asked(viewer, text="quokka")
    assert texts(answer) == {"quokka here"} and "does not answer" not in answer.summary


def test_a_fixed_number_of_queries(served, viewer) -> None:
    investor = cast.make_investor("Blue Heron")
    for number in range(30):
        contact = cast.make_contact(investor=investor)
        cast.make_communication(investor, body=f"quokka {number}", contacts=[contact])
        cast.make_fact(investor, text=f"quokka {number}")
    settling.settle()
    for most in (1, 50):
        with CaptureQueriesContext(connection) as seen:
            assert asked(viewer, text="quokka", investor="Blue Heron", limit=most).status == "ok"
        own = [query["sql"] for query in seen if not query["sql"].startswith(PLUMBING)]
        assert len(own) <= MOST_QUERIES, [sql[:100] for sql in own]


def index_line(member: Any) -> str:
    (row,) = [row for row in asked(member, "data_health").rows if row["table"] == "Search index"]
    return row["missing"]


def test_the_health_of_the_data_tells_the_truth_about_the_index(served, viewer, settings) -> None:
    assert index_line(viewer) == "0 passages, by words only; up to date"
    investor = cast.make_investor("Blue Heron")
    cast.make_communication(investor, body="Short.")
    settling.settle()
    assert index_line(viewer) == "2 passages, by words only; up to date"
    cast.make_communication(investor, body="Another.")
    Dirty.unscoped.update(noted_at=timezone.now() - timedelta(minutes=5, seconds=1))
    waiting = Dirty.objects.values("key").distinct().count()
    changes = "1 change" if waiting == 1 else f"{waiting} changes"
    assert index_line(viewer) == f"2 passages, by words only; {changes} to learn, the oldest 5 minutes old"
    assert freshness.now().is_behind
    settings.QDRANT_URL = "http://127.0.0.1:9"
    assert index_line(viewer).startswith("does not answer right now: topics are found by their words; ")


def test_what_waits_for_others_is_not_counted_as_ours(served, viewer, foreign) -> None:
    settling.settle()
    with scope(foreign.organization):
        cast.make_communication(foreign.investor, body="theirs")
    assert freshness.now() == freshness.Freshness(is_built=True)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (7_300, "2 hours"),
        (90_000, "1 day"),
        (1e9, "11,574 days"),
    ],
)
def test_a_lag_in_words(seconds: float, said: str) -> None:
    assert freshness.in_words(seconds) == said
