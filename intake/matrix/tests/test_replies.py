"""What counts as an answer. Strict: only the whole of a text can be a yes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.matrix.replies import Reply, Verb, parse, reaction

YES, NO = Reply(Verb.YES), Reply(Verb.NO)


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        ("yes", YES), ("Yes", YES), ("Y", YES), ("ok", YES), ("OK!", YES), ("okay.", YES), ("approve", YES),
        (" yes \n", YES), ("👍", YES), ("👍🏽", YES), ("✅\ufe0f", YES), ("\u200eyes\u200f", YES),
        ("no", NO), ("N", NO), ("reject", NO), ("👎", NO), ("❌", NO),
        ("yes 2", Reply(Verb.YES, 2)), ("yes #2", Reply(Verb.YES, 2)), ("2 yes", Reply(Verb.YES, 2)),
        ("#2: yes", Reply(Verb.YES, 2)), ("YES ALL", Reply(Verb.YES, "all")), ("no all", Reply(Verb.NO, "all")),
        ("no 1", Reply(Verb.NO, 1)), ("new", Reply(Verb.NEW)), ("new 3", Reply(Verb.NEW, 3)),
        ("help", Reply(Verb.HELP)), ("?", Reply(Verb.HELP)),
        ("pick 2", Reply(Verb.PICK, number=2)), ("Pick #2", Reply(Verb.PICK, number=2)),
        ("2 pick 1", Reply(Verb.PICK, 2, 1)), ("pick", Reply(Verb.PICK)),
        ("edit amount=2m", Reply(Verb.EDIT, edits="amount=2m")),
        ("Edit: amount=2m", Reply(Verb.EDIT, edits="amount=2m")),
        ("edit 2 amount=2m", Reply(Verb.EDIT, 2, edits="amount=2m")),
        ("2 edit amount=2m", Reply(Verb.EDIT, 2, edits="amount=2m")),
        ('edit note="Two\nLines"', Reply(Verb.EDIT, edits='note="Two\nLines"')),
        ("edit", Reply(Verb.EDIT)),
        ("> <@bot:x> Blue Heron\n> yes?\n\nno", NO),
        ("<mx-reply><blockquote>no</blockquote></mx-reply>yes", YES),
    ],
)  # fmt: skip
def test_an_answer_is_understood(body, reply) -> None:
    assert parse(body) == reply


@pytest.mark.parametrize(
    "body",
    [
        "", "yes but change the amount", "yesterday", "no idea", "ok so she wants 2m", "yes?", "yes 2 3", "yes 2000",
        "nope, later", "y'all", "okra", "not yes", "yes\nbut", "all", "2", "editing now", "new investor in town",
        "pick me up at 5", "> yes", "helpful", "ye s", "yes all of them", "1 yes 2", "👍👎", "new all", "edit=1",
    ],
)  # fmt: skip
def test_anything_else_is_no_answer(body) -> None:
    assert parse(body) is None


@given(st.text())
def test_no_text_makes_it_stumble(body) -> None:
    parse(body)
    reaction(body)


@given(st.sampled_from(["yes", "y", "ok", "okay", "approve", "👍", "2 yes", "yes 2"]), st.text(min_size=1))
def test_a_yes_with_words_behind_it_is_no_yes(start, more) -> None:
    found = parse(f"{start} {more}")
    if re.search(r"[^\W\d_]", more) and more.strip().casefold() != "all":
        assert found is None or found.verb is not Verb.YES


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1))
def test_a_word_that_only_begins_like_a_yes_is_none(rest) -> None:
    if f"yes{rest}".casefold() not in {"yes"}:
        assert parse(f"yes{rest}") is None


@given(st.text())
def test_what_is_quoted_never_answers(quoted) -> None:
    lines = "\n".join("> " + line for line in f"{quoted}\nyes".splitlines())
    assert parse(f"{lines}\n\nhmm") is None
