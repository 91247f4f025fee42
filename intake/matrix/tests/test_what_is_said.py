"""Plain text and HTML say the same, are escaped, notify nobody by accident, and always fit."""

from __future__ import annotations

import html
import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.matrix.wording import lines
from intake.matrix.wording.said import MAX_BYTES, Bold, Code, Link, Page, say

TAGS = re.compile(r"</?(?:p|ul|li|b|code|br)>|<a href=\"https://crm\.test/1\">|</a>")
ANY = st.text(max_size=400)


def page(values: list[str]) -> Page:
    made = Page(address="https://crm.test/1")
    for value in values:
        made.line(Bold(value), " ", value).item(Code(value), Link(value, "https://crm.test/1"))
    return made.last("Answer ", Code("yes"))


@given(st.lists(ANY, max_size=6))
def test_no_value_becomes_a_tag(values) -> None:
    left = TAGS.sub("", page(values).said().html)
    assert "<" not in left and ">" not in left


@given(st.lists(ANY, max_size=6))
def test_no_value_hides_turns_or_breaks_what_stands_beside_it(values) -> None:
    said = page(values).said()
    for body in (said.plain, html.unescape(said.html)):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", body
        )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["😀", '"', "<", "&", "a ", "\n", "\\"]), max_size=40))
def test_whatever_is_said_fits_and_keeps_what_to_answer(signs) -> None:
    said = page([sign * 9000 for sign in signs]).said()
    assert len(json.dumps(said.content(), ensure_ascii=False).encode()) <= MAX_BYTES + 200
    assert said.plain.endswith("Answer `yes`")


def test_what_was_cut_links_to_the_whole() -> None:
    said = page(["x" * 30_000]).said()
    assert "It is longer than fits here: see all of it (https://crm.test/1)." in said.plain
    assert '<a href="https://crm.test/1">see all of it</a>' in said.html


def test_what_fits_is_not_cut() -> None:
    note = "word " * 2000
    assert note.strip() in page([]).line(note.strip()).said().plain


def test_nothing_said_mentions_anybody_unless_asked_to() -> None:
    said = say("Hello @room and @petra:home.test")
    assert said.content()["m.mentions"] == {}
    assert said.content(mention="@petra:home.test")["m.mentions"] == {"user_ids": ["@petra:home.test"]}


def test_each_use_of_a_room_has_its_own_hello() -> None:
    said = {lines.hello(purpose).plain for purpose in ("intake", "query", "none")}
    assert len(said) == 3 and all(text.startswith("Hello, I am Roundtable") for text in said)
