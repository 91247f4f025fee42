"""How people say the values of slots: limits, sums, topics, ways, and what a sentence says besides its question."""

from __future__ import annotations

import pytest

from nlquery.learning import lessons
from nlquery.translate import clauses, grammar, reading
from nlquery.translate.known import InMemory

WORLD = lessons.world()


def slots_of(question, known=WORLD):
    return grammar.read(question, known=known, today=lessons.TODAY).slots


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("Show me ten open opportunities between 500k and 2 million", 10),
        ("Show 8 retired investors", 8),
        ("Which three allocators have put the most commitments into Fund I?", 3),
        ("my open deals, just 9", 9),
        ("graveyard last quarter, 10 is enough", 10),
        ("Retired investors this year, five will do", 5),
        ("Opportunities in diligence, 12 at most", 12),
        ("Which investors do we talk to most often this year, as a top 20?", 20),
        ("Open deals of the last 10 days", None),
        ("Who have we not talked to in 30 days?", None),
        ("Open deals of no more than 100k", None),
    ],
)
def test_how_many_are_wanted(question, limit):
    assert slots_of(question).get("limit") == limit


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("of no more than 100k", None, 100_000),
        ("not exceeding 600k", None, 600_000),
        ("that do not exceed 300,000", None, 300_000),
        ("with nothing below 750k", 750_000, None),
        ("over 2m", 2_000_000, None),
    ],
)
def test_sums_with_a_no_before_them(said, least, most):
    slots = slots_of(f"Open opportunities {said}")
    assert (slots.get("min_amount"), slots.get("max_amount")) == (least, most)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("I've been away, so what happened last week?", "so what happened last week?"),
        ("I'm off to see Harbor Point: who do we know there?", "who do we know there?"),
        ("Which investors are overdue, since I promised to ring them?", "Which investors are overdue"),
        ("Reminders due today", "Reminders due today"),
        ("Family offices, Texas, over 1m", "Family offices, Texas, over 1m"),
    ],
)
def test_which_part_asks(question, part):
    seen = reading.read(question)
    words = clauses.asking(seen)
    assert seen.raw(words[0], words[-1]) == part


@pytest.mark.parametrize(
    ("question", "owner"),
    [
        ("What do I have due today?", "me"),
        ("my reminders due today", "me"),
        ("Which reminders are due today, so that I can sleep soundly?", None),
        ("I was ill, so which reminders are due today?", None),
        ("Could I get the reminders due today?", None),
        ("Which reminders are due today because I leave early?", None),
        ("may chen's reminders due today", "may chen"),
    ],
)
def test_an_i_in_a_reason_owns_nothing(question, owner):
    slots = slots_of(question)
    assert slots["window"] == "today"
    assert slots.get("owner") == owner and "investor" not in slots


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Did anyone mention the co-investment rights?", "co-investment rights"),
        ("Search our correspondence for remarks about the succession plan", "succession plan"),
        ("Find anything that was said about school housing", "school housing"),
        ("Any mention of recallable distributions, however fleeting?", "recallable distributions"),
        ("References to currency hedging in our communications", "currency hedging"),
    ],
)
def test_what_is_searched_for(question, text):
    assert slots_of(question).get("text") == text


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What facts do we know about the fee sensitivity of Okafor Holdings?", "fee sensitivity"),
        ("Facts about Okafor Holdings with respect to governance", "governance"),
        ("What do we know about Okafor Holdings' view on fees, and how sure are we?", "view on fees"),
        ("What do we know about Okafor Holdings?", None),
    ],
)
def test_which_side_of_an_investor(question, topic):
    assert slots_of(question).get("topic") == topic


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("E-mails from Harbor Point last week", "inbound"),
        ("Did Harbor Point e-mail us last week?", "inbound"),
        ("E-mails we sent to Harbor Point last week", "outbound"),
        ("E-mails to and from Harbor Point last week", None),
        ("E-mails exchanged with Harbor Point last week", None),
    ],
)
def test_which_way_mail_went(said, way):
    assert slots_of(said).get("direction") == way


@pytest.mark.parametrize("question", ["Corporates, Zurich", "any corporates based Zurich?"])
def test_a_place_needs_no_preposition(question):
    assert slots_of(question, InMemory()) == {"type": "corporate", "location": "Zurich"}


def test_new_york_is_no_news():
    assert slots_of("family offices in new york over 2m") == {
        "type": "family_office",
        "location": "new york",
        "min_amount": 2_000_000,
    }


def test_a_tag_ends_at_the_comma():
    assert slots_of("Investors tagged re-up, largest amount first")["tag"] == "re-up"


def test_days_may_hang_on_their_number():
    assert slots_of("no contact 45d+, priya's names")["days"] == 45


def test_what_is_said_besides_is_no_fund():
    got = grammar.read(
        "The auditors come at three, so how much have our funds raised against target?",
        known=InMemory(),
        today=lessons.TODAY,
    )
    assert (got.intent, got.slots) == ("fund_progress", {})
