"""The grammar reads on when the model does not answer, and the proposal says so in one line."""

from __future__ import annotations

import pytest

from crm_site.core import spark
from crm_site.core.spark import ModelUnavailable

LINE = "The model is down; the grammar read this, so look twice."


@pytest.fixture
def down(monkeypatch, settings) -> None:
    def refuse(*args, **options):
        raise ModelUnavailable("It does not answer.")

    monkeypatch.setattr(spark, "configured", lambda: True)
    monkeypatch.setattr(spark, "chat", refuse)


def test_it_says_that_the_grammar_read_it(room, petra, down) -> None:
    root = room.capture(petra)
    assert LINE in room.last(root).splitlines()


def test_without_a_model_there_is_nothing_to_say_about_it(room, petra) -> None:
    root = room.capture(petra)
    assert LINE not in room.last(root)


def test_a_changed_proposal_does_not_say_it_again(room, petra, down) -> None:
    root = room.capture(petra)
    room.reply(petra, root, "edit amount=4m")
    assert LINE not in room.last(root)
