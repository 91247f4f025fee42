"""What fails for good is said where somebody waits for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crm_site.work import runner
from crm_site.work.models import State, WorkItem
from intake.matrix import question_work
from intake.matrix.models import MatrixPost
from intake.matrix.services import outbox
from intake.pipeline import reading


def work_itself_to_death() -> None:
    """Every attempt of everything that waits, without the pauses between them."""
    for _ in range(20):
        WorkItem.unscoped.filter(state=State.QUEUED).update(next_try_at=timezone.now())
        for work in WorkItem.unscoped.filter(state=State.QUEUED):
            runner.run(work.pk)


def given_up(room) -> list[str]:
    posts = MatrixPost.objects.filter(key__startswith="gave-up")
    return [post.thread_root for post in posts]


@pytest.fixture
def broken(monkeypatch) -> None:
    def fail(*args, **options):
        raise RuntimeError("the parser broke")

    monkeypatch.setattr(reading, "read", fail)
    monkeypatch.setattr(question_work, "_looked_up", fail)


def test_a_message_that_cannot_be_read_is_told_in_its_thread_once(room, petra, broken) -> None:
    root = room.say(petra, "Met Dana of Blue Heron Capital")
    work_itself_to_death()
    assert WorkItem.unscoped.get().state == State.DEAD
    assert given_up(room) == [root]


def test_a_question_that_cannot_be_answered_is_told_in_its_thread(room, petra, broken) -> None:
    root = room.say(petra, "? who haven't we talked to")
    work_itself_to_death()
    assert given_up(room) == [root]


def test_that_it_cannot_be_told_does_not_keep_the_work_alive(room, petra, broken, monkeypatch) -> None:
    def fail(*args, **options):
        raise RuntimeError("no outbox either")

    room.say(petra, "Met Dana of Blue Heron Capital")
    monkeypatch.setattr(outbox, "say", fail)
    work_itself_to_death()
    assert WorkItem.unscoped.get().state == State.DEAD
