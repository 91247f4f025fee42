"""What the rest of the house may rely on, whichever index is behind it."""

from __future__ import annotations

import inspect
import os
from datetime import date
from typing import Any

import pytest

from search import embed, index
from search.asking import Wanted
from search.index import Found, Passage
from search.server import address, running
from search.tests.conftest import Process

NORTH, SOUTH = [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]
TODAY = date(2026, 11, 20)


def passage(key: str, text: str, number: int = 0, **more: Any) -> Passage:
    words = embed.sparse_documents([text], avg_len=10.0)[0]
    values = {"hash": text, "kind": key.partition(":")[0], "dense": NORTH, "on": TODAY} | more
    return Passage(key, number, words=words, **values)


def put(collection: str, *passages: Passage, ver: int = 1, of: int = 1) -> None:
    index.upsert(organization_id=of, collection=collection, passages=passages, ver=ver)


def ask(
    collection: str, text: str = "", *, of: int = 1, dense: Any = None, mode: Any = "sparse", **wanted: Any
) -> list[Found]:
    return index.query(
        organization_id=of,
        mode=mode,
        words=embed.sparse_query(text),
        dense=dense,
        wanted=Wanted(**wanted),
        limit=10,
        collection=collection,
    )


def keys(found: list[Found]) -> list[str]:
    return [one.key for one in found]


def test_words_find_the_passage_that_has_them(collection: str) -> None:
    put(collection, passage("note:1", "co-investment rights"), passage("note:2", "a dinner in Austin"))
    assert keys(ask(collection, "investment right")) == ["note:1"]


def test_a_rare_word_counts_more_than_a_common_one(collection: str) -> None:
    put(
        collection,
        *(passage(f"note:{n}", "fund fund meeting") for n in range(1, 8)),
        passage("note:9", "waiver"),
    )
    assert keys(ask(collection, "waiver fund"))[0] == "note:9"


def test_meaning_finds_what_is_near(collection: str) -> None:
    put(collection, passage("note:1", "one", dense=NORTH), passage("note:2", "two", dense=SOUTH))
    assert keys(ask(collection, dense=SOUTH, mode="dense"))[0] == "note:2"


def test_hybrid_takes_from_both_legs(collection: str) -> None:
    put(collection, passage("note:1", "alpha", dense=NORTH), passage("note:2", "beta", dense=SOUTH))
    assert set(keys(ask(collection, "alpha", dense=SOUTH, mode="hybrid"))) == {"note:1", "note:2"}


def test_each_leg_by_itself_in_one_request(collection: str) -> None:
    put(collection, passage("note:1", "alpha", dense=NORTH), passage("note:2", "beta", dense=SOUTH))
    asked: dict[str, Any] = {"wanted": Wanted(), "limit": 1, "collection": collection}
    words = embed.sparse_query("alpha")
    both = index.query_each(organization_id=1, words=words, dense=SOUTH, **asked)
    assert {mode: keys(found) for mode, found in both.items()} == {"sparse": ["note:1"], "dense": ["note:2"]}
    alone = index.query_each(organization_id=1, words=embed.sparse_query("of the"), dense=SOUTH, **asked)
    assert {mode: keys(found) for mode, found in alone.items()} == {"dense": ["note:2"]}
    assert index.query_each(organization_id=2, words=words, dense=SOUTH, **asked) == {
        "sparse": [],
        "dense": [],
    }
    with pytest.raises(index.WrongDimension):
        index.query_each(organization_id=1, words=words, dense=[1.0, 0.0], **asked)


def test_a_leg_without_a_question_is_left_out(collection: str) -> None:
    put(collection, passage("note:1", "alpha"))
    assert ask(collection, "the of 🎉") == []
    assert keys(ask(collection, "the of", dense=NORTH, mode="hybrid")) == ["note:1"]
    assert keys(ask(collection, "alpha", mode="hybrid")) == ["note:1"]


def test_another_organization_finds_nothing(collection: str) -> None:
    put(collection, passage("note:1", "alpha"), of=1)
    assert ask(collection, "alpha", of=2) == []
    assert ask(collection, "alpha", of=2, dense=NORTH, mode="hybrid") == []
    assert list(index.stored(organization_id=2, collection=collection)) == []
    assert index.count(organization_id=2, collection=collection) == 0


def test_the_same_key_in_two_organizations_is_two_passages(collection: str) -> None:
    put(collection, passage("note:1", "alpha"), of=1)
    put(collection, passage("note:1", "beta"), of=2)
    assert keys(ask(collection, "alpha", of=1)) == ["note:1"]
    assert ask(collection, "alpha", of=2) == []


def test_no_function_on_passages_can_be_called_without_an_organization() -> None:
    free = {"create_collection", "drop_collection", "collections", "serve", "reset", "point_id"}
    for name, function in inspect.getmembers(index, inspect.isfunction):
        if function.__module__ == index.__name__ and not name.startswith("_") and name not in free:
            parameter = inspect.signature(function).parameters["organization_id"]
            assert parameter.default is parameter.empty, name


def test_an_older_version_never_replaces_a_newer_one(collection: str) -> None:
    put(collection, passage("note:1", "newer"), ver=5)
    put(collection, passage("note:1", "older"), ver=4)
    assert ask(collection, "older") == []
    assert keys(ask(collection, "newer")) == ["note:1"]


def test_a_tombstone_hides_and_no_late_writer_lifts_it(collection: str) -> None:
    put(collection, passage("note:1", "alpha"), ver=1)
    index.bury(organization_id=1, collection=collection, key="note:1", numbers=[0, 1], ver=3, day=TODAY)
    assert ask(collection, "alpha", dense=NORTH, mode="hybrid") == []
    put(collection, passage("note:1", "alpha"), passage("note:1", "alpha", number=1), ver=2)
    assert ask(collection, "alpha") == []
    put(collection, passage("note:1", "alpha"), ver=4)
    assert keys(ask(collection, "alpha")) == ["note:1"]


def test_only_old_tombstones_are_cleared(collection: str) -> None:
    for key, day in (("note:1", date(2026, 11, 1)), ("note:2", TODAY)):
        index.bury(organization_id=1, collection=collection, key=key, numbers=[0], ver=1, day=day)
    put(collection, passage("note:3", "alpha", on=date(2020, 1, 1)))
    index.clear_tombstones(organization_id=1, collection=collection, before=date(2026, 11, 10))
    assert {one.key for one in index.stored(organization_id=1, collection=collection)} == {"note:2", "note:3"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kinds": ("fact",)}, ["fact:2"]),
        ({"investor_id": 7}, ["note:1"]),
        ({"owner_id": 3}, ["fact:2"]),
        ({"first": date(2026, 11, 2)}, ["note:1"]),
        ({"last": date(2026, 11, 1)}, ["fact:2"]),
        ({"first": date(2026, 11, 1), "last": date(2026, 11, 1)}, ["fact:2"]),
        ({"graveyard": True, "kinds": ("fund",)}, ["fund:3"]),
    ],
)
def test_filters(wanted: dict[str, Any], expected: list[str], collection: str) -> None:
    put(
        collection,
        passage("note:1", "alpha", investor_id=7, owner_id=2, on=date(2026, 11, 2)),
        passage("fact:2", "alpha", investor_id=8, owner_id=3, on=date(2026, 11, 1)),
        passage("fund:3", "alpha", graveyard=True),
    )
    assert keys(ask(collection, "alpha", **wanted)) == expected


def test_vectors_of_another_length_are_told_apart(collection: str) -> None:
    with pytest.raises(index.WrongDimension, match="reindex"):
        put(collection, passage("note:1", "alpha", dense=[1.0, 2.0]))


def test_a_collection_without_dense_vectors_answers_by_words(any_index: None) -> None:
    index.create_collection("words_only", dimension=None)
    put("words_only", passage("note:1", "alpha", dense=None))
    assert keys(ask("words_only", "alpha")) == ["note:1"]
    index.drop_collection("words_only")


def test_a_swap_changes_what_is_searched_at_once(any_index: None) -> None:
    for name, text in (("old", "alpha"), ("new", "beta")):
        index.create_collection(name, dimension=4)
        put(name, passage("note:1", text))
    index.serve("old")
    assert keys(ask(index.ALIAS, "alpha")) == ["note:1"]
    index.serve("new")
    assert ask(index.ALIAS, "alpha") == []
    assert keys(ask(index.ALIAS, "beta")) == ["note:1"]
    assert {name: index.collections()[name] for name in ("old", "new")} == {"old": False, "new": True}
    for name in ("old", "new"):
        index.drop_collection(name)


def test_what_was_acknowledged_outlives_a_kill(own_index: Process) -> None:
    index.create_collection("kept", dimension=4)
    for number in range(40):
        put("kept", passage(f"note:{number}", "alpha"))
    own_index.kill()
    own_index.start()
    assert index.count(organization_id=1, collection="kept") == 40


def test_an_index_that_is_down_says_so_and_is_found_again(own_index: Process) -> None:
    index.create_collection("kept", dimension=4)
    assert own_index.stop() == 0
    with pytest.raises(index.IndexUnavailable):
        index.collections()
    own_index.start()
    assert "kept" in index.collections()


def test_a_wrong_key_opens_nothing(own_index: Process) -> None:
    at = address.read(own_index.folder)
    assert at is not None
    address.write(own_index.folder, address.Address(at.url, "guessed"))
    index.reset()
    with pytest.raises(index.IndexUnavailable, match="refuses our key"):
        index.collections()


def test_the_address_is_for_its_owner_alone(own_index: Process) -> None:
    assert os.stat(own_index.folder / address.NAME).st_mode & 0o077 == 0


def test_a_folder_has_one_server(own_index: Process) -> None:
    with pytest.raises(running.AlreadyRunning):
        running.serve(own_index.folder)


def test_a_creation_that_was_cut_off_leaves_no_collection(own_index: Process) -> None:
    own_index.stop()
    half = own_index.folder / "collections" / "half"
    half.mkdir(parents=True)
    own_index.start()
    assert "half" not in index.collections() and not half.exists()
