"""Which words are marked, and which part of a text is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import embed, highlights
from search.answers import Piece


def wanted(text: str) -> frozenset[str]:
    return frozenset(embed.stems(text))


def marked(piece: Piece) -> list[str]:
    return [piece.text[start:end] for start, end in piece.marks]


def test_words_are_marked_by_their_stem() -> None:
    piece = highlights.piece(
        "Investing, an investment; invested? The invoice.", wanted("invests"), embed.stem
    )
    assert marked(piece) == ["Investing", "investment", "invested"]


@pytest.mark.parametrize("text", ["co-investment", "CO-INVESTMENT", "co investment"])
def test_a_word_with_a_hyphen_is_two(text: str) -> None:
    assert marked(highlights.piece("a co-investment right", wanted(text), embed.stem)) == ["co", "investment"]


def test_common_words_are_not_marked() -> None:
    assert marked(highlights.piece("the fee of the fund", wanted("the fee of"), embed.stem)) == ["fee"]


def test_letters_of_any_script_keep_their_places() -> None:
    text = "🦩 Über den Fjord: שלום לכולם — Straße"
    piece = highlights.piece(text, wanted("שלום straße fjord"), embed.stem)
    assert marked(piece) == ["Fjord", "שלום", "Straße"]


def test_a_long_text_shows_the_stretch_that_says_most() -> None:
    filler = "Nothing of note was said here at all. " * 30
    piece = highlights.piece(
        f"A quokka. {filler}A quokka ate the lemon. {filler}", wanted("quokka lemon"), embed.stem
    )
    assert marked(piece) == ["quokka", "lemon"]
    assert piece.text.startswith("… ") and piece.text.endswith(" …")
    assert len(piece.text) <= highlights.LENGTH + 4


def test_a_text_without_gaps_is_cut_all_the_same() -> None:
    piece = highlights.piece("x" * 1000, frozenset({"x"}), embed.stem)
    assert len(piece.text) <= highlights.LENGTH + 4


def test_passages_with_more_of_the_words_go_first_and_at_most_three() -> None:
    passages = ["alpha", "nothing", "alpha beta", "beta", "alpha beta gamma"]
    pieces = highlights.pieces(passages, wanted("alpha beta gamma"), embed.stem)
    assert [piece.text for piece in pieces] == ["alpha beta gamma", "alpha beta", "alpha"]


def test_a_passage_found_by_meaning_is_shown_without_a_word_of_the_question() -> None:
    pieces = highlights.pieces(["one", "two", "three"], wanted("four"), embed.stem, first=[2, 1])
    assert [piece.text for piece in pieces] == ["three", "two"]


def test_nothing_to_choose_by_shows_the_beginning() -> None:
    assert [piece.text for piece in highlights.pieces(["one", "two"], frozenset(), embed.stem)] == ["one"]
    assert highlights.pieces([""], wanted("x"), embed.stem) == []
    # The record has shrunk since it was indexed.
    assert [one.text for one in highlights.pieces(["one"], frozenset(), embed.stem, first=[7])] == ["one"]


@given(
    text=st.lists(
        st.sampled_from(["quokka", "lemon", "🦩", "a", "Fjord.", "שלום", "\n", "x" * 50]), max_size=200
    ),
    glue=st.sampled_from([" ", "", ", "]),
    length=st.integers(min_value=20, max_value=300),
)
def test_marks_ascend_inside_the_text_and_hold_wanted_words(text: list[str], glue: str, length: int) -> None:
    stems = wanted("quokka lemon")
    piece = highlights.piece(glue.join(text), stems, embed.stem, length=length)
    assert len(piece.text) <= length + 4 or len(glue.join(text)) <= length
    end_before = 0
    for start, end in piece.marks:
        assert end_before <= start < end <= len(piece.text)
        assert embed.stem(piece.text[start:end]) in stems
        end_before = end
