"""A question is answered whatever is down, slow or of another make, and the answer says so."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from crm_site.accounts.models import Organization
from crm_site.tests import cast
from search import index, rebuilding, retrieve
from search.server import address
from search.tests.asking import key, keys, reachable
from search.tests.conftest import Process
from search.tests.meanings import Meanings
from search.tests.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_words_alone_answer_while_the_embedder_is_down(meaning: Meanings) -> None:
    note = cast.make_communication(body="A solar roof.")
    settle()
    meaning.is_down = True
    for mode in ("hybrid", "dense"):
        answer = retrieve.find("solar", mode=mode)
        assert (keys(answer), answer.mode, answer.source) == ([key(note)], "sparse", "index")
        assert answer.notes == [retrieve.MODEL_DOWN]


def test_another_dimension_asks_for_a_reindex_and_words_answer(meaning: Meanings) -> None:
    note = cast.make_communication(body="A solar roof.")
    settle()
    meaning.dimension += 3
    answer = retrieve.find("solar")
    assert (keys(answer), answer.mode, answer.notes) == ([key(note)], "sparse", [retrieve.OTHER_MODEL])
    assert "reindex" in retrieve.OTHER_MODEL


def test_another_model_of_the_same_dimension_is_not_compared_with(meaning: Meanings, settings: Any) -> None:
    settings.CRM_EMBED_MODEL = "another"
    assert retrieve.find("solar").notes == [retrieve.OTHER_MODEL]


def test_an_index_that_is_down_is_replaced_by_the_database(words: None, settings: Any) -> None:
    note = cast.make_communication(body="A quokka.")
    with reachable(settings, is_up=False):
        answer = retrieve.find("quokkas")
    assert (keys(answer), answer.source, answer.mode) == ([key(note)], "database", "sparse")
    assert retrieve.INDEX_DOWN in answer.notes
    (piece,) = answer.hits[0].passages
    assert piece.marks == [(2, 8)]


def test_an_index_never_built_is_replaced_by_the_database(house: Organization) -> None:
    note = cast.make_communication(body="A quokka.")
    answer = retrieve.find("quokka")
    assert (keys(answer), answer.source, answer.notes) == ([key(note)], "database", [retrieve.NOT_BUILT])


def test_a_wrong_key_is_as_good_as_down(own_index: Process, house: Organization) -> None:
    rebuilding.ensure_target()
    settle()
    note = cast.make_communication(body="A quokka.")
    at = address.read(own_index.folder)
    assert at is not None
    address.write(own_index.folder, address.Address(at.url, "guessed"))
    index.reset()
    answer = retrieve.find("quokka")
    assert (keys(answer), answer.source) == ([key(note)], "database")


def test_a_collection_that_is_gone_is_as_good_as_down(words: None) -> None:
    note = cast.make_communication(body="A quokka.")
    target = rebuilding.live()
    assert target is not None
    index.drop_collection(target.collection)
    assert keys(retrieve.find("quokka")) == [key(note)]


def test_an_index_that_hangs_holds_one_page_and_not_the_next(words: None, settings: Any) -> None:
    note = cast.make_communication(body="A quokka.")
    settings.QDRANT_TIMEOUT_S = 1.0
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.QDRANT_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        assert keys(retrieve.find("quokka")) == [key(note)]
        assert 0.9 < time.monotonic() - began < 5
        silent.setblocking(False)
        while _accepted(silent):
            pass
        answer = retrieve.find("quokka")
        assert (keys(answer), retrieve.INDEX_DOWN in answer.notes) == ([key(note)], True)
        assert not _accepted(silent)  # it was not asked again
        settings.QDRANT_URL = ""
        index.reset()


def _accepted(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def test_after_the_pause_one_caller_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("search.circuit.time.monotonic", lambda: now[0])
    retrieve.circuit.broke()
    assert not retrieve.circuit.may_try()
    now[0] += 5.1
    together = threading.Barrier(4)
    tried: list[bool] = []

    def caller() -> None:
        together.wait(5)
        tried.append(retrieve.circuit.may_try())

    threads = [threading.Thread(target=caller) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(tried) == [False, False, False, True]
    retrieve.circuit.mended()
    assert retrieve.circuit.may_try()
