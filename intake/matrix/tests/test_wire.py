"""What a homeserver sends, read: any member of a room may have put anything into it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.matrix import wire
from intake.matrix.choices import Kind

BOT = "@roundtable:home.test"
ANNA = "@anna:home.test"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def event(content: Any, kind: str = "m.room.message", **more: Any) -> dict[str, Any]:
    at = int((NOW - timedelta(minutes=1)).timestamp() * 1000)
    return {
        "event_id": "$1",
        "sender": ANNA,
        "type": kind,
        "origin_server_ts": at,
        "content": content,
        **more,
    }


def text(body: object = "hello", **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


def read(raw: Any) -> wire.Incoming | None:
    return wire.read(raw, bot_id=BOT, now=NOW)


def thread(root: str, answered: str = "") -> dict[str, Any]:
    relation: dict[str, Any] = {"rel_type": "m.thread", "event_id": root}
    return {**relation, "m.in_reply_to": {"event_id": answered}} if answered else relation


IMAGE = {"msgtype": "m.image", "body": "card.jpg", "url": "mxc://home.test/abc", "info": {"size": 5}}

KINDS = [
    (event(text()), (Kind.MESSAGE, "", "")),
    (event(text(msgtype="m.emote")), (Kind.MESSAGE, "", "")),
    (event(text(**{"m.relates_to": thread("$root", "$last")})), (Kind.REPLY, "$root", "$last")),
    (event(text(**{"m.relates_to": {"m.in_reply_to": {"event_id": "$post"}}})), (Kind.REPLY, "", "$post")),
    (event(IMAGE), (Kind.PICTURE, "", "")),
    (event({**IMAGE, "m.relates_to": thread("$root")}), (Kind.PICTURE, "$root", "")),
    (event({**IMAGE, "msgtype": "m.file", "info": {"mimetype": "image/png"}}), (Kind.PICTURE, "", "")),
    (
        event({"msgtype": "m.image", "body": "x", "file": {"url": "mxc://home.test/e", "key": {}}}),
        (Kind.PICTURE, "", ""),
    ),
    (
        event({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$post", "key": "👍"}}, "m.reaction"),
        (Kind.REACTION, "", "$post"),
    ),
    (
        event(
            text(
                "* x",
                **{"m.new_content": text("x"), "m.relates_to": {"rel_type": "m.replace", "event_id": "$m"}},
            )
        ),
        (Kind.EDIT, "", "$m"),
    ),
    (event({}, "m.room.redaction", redacts="$m"), (Kind.REDACTION, "", "$m")),
    (event({"redacts": "$m"}, "m.room.redaction"), (Kind.REDACTION, "", "$m")),
    (event({"ciphertext": "…"}, "m.room.encrypted"), (Kind.UNREADABLE, "", "")),
    (event({"algorithm": "x"}, "m.room.encryption", state_key=""), (Kind.STATE, "", "")),
    (event({"replacement_room": "!new"}, "m.room.tombstone", state_key=""), (Kind.STATE, "", "")),
]


@pytest.mark.parametrize(
    ("raw", "wanted"), KINDS, ids=[str(wanted[0]) + str(n) for n, (_, wanted) in enumerate(KINDS)]
)
def test_an_event_finds_its_kind_and_its_place(raw, wanted) -> None:
    incoming = read(raw)
    assert incoming is not None
    assert (incoming.kind, incoming.thread_root, incoming.relates_to) == wanted
    assert wire.decode(incoming.raw) == raw


NOTHING = [
    event(text(), sender=BOT),
    event(text(msgtype="m.notice")),
    event(text(None)),
    event(text(["a", "list"])),
    event({}),
    event([]),
    event(None),
    event("text"),
    event(text(), event_id=7),
    event(text(), event_id="$" + "x" * 300),
    event(text(), event_id="$\x00"),
    event(text(), sender=None),
    event({"m.relates_to": "👍"}, "m.reaction"),
    event({"m.relates_to": {"rel_type": "m.annotation", "key": "👍"}}, "m.reaction"),
    event({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$1"}}, "m.reaction"),
    event({}, "m.room.redaction"),
    event({"msgtype": "m.image", "body": "no url"}),
    event({"msgtype": "m.image", "body": "x", "url": "https://elsewhere.example/x.png"}),
    event(
        {
            "msgtype": "m.file",
            "body": "report.pdf",
            "url": "mxc://home.test/x",
            "info": {"mimetype": "application/pdf"},
        }
    ),
    event(text(**{"m.relates_to": {"rel_type": "m.replace", "event_id": "$m"}})),
    event(
        text(
            **{
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$m"},
                "m.new_content": text(msgtype="m.notice"),
            }
        )
    ),
    event({"algorithm": "not state"}, "m.room.encryption"),
    event(text(), "org.example.strange"),
    event(text(), unsigned={"redacted_because": {}}),
    {},
]


@pytest.mark.parametrize("raw", NOTHING, ids=range(len(NOTHING)))
def test_what_means_nothing_to_the_bot_is_nothing(raw) -> None:
    assert read(raw) is None


@pytest.mark.parametrize(
    "relation", ["a text", 7, [], {}, {"rel_type": "m.thread"}, {"rel_type": "m.thread", "event_id": 3}]
)
def test_a_relation_that_is_none_makes_a_message_of_its_own(relation) -> None:
    incoming = read(event(text(**{"m.relates_to": relation})))
    assert incoming is not None and incoming.kind == Kind.MESSAGE and incoming.thread_root == ""


@pytest.mark.parametrize(
    "at",
    [None, "soon", True, -1, 0, 10**30, float("inf"), int((NOW + timedelta(days=400)).timestamp() * 1000)],
)
def test_a_clock_that_cannot_be_right_is_not_believed(at) -> None:
    incoming = read(event(text(), origin_server_ts=at))
    assert incoming is not None and incoming.sent_at == NOW


def test_what_a_database_cannot_hold_is_kept_in_the_raw_bytes() -> None:
    raw = json.loads(json.dumps(event(text("a\x00\ud800b"))))
    incoming = read(raw)
    assert incoming is not None
    assert b"\x00" not in incoming.raw and wire.decode(incoming.raw)["content"]["body"] == "a\x00\ud800b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["m.relates_to", "event_id", "rel_type", "msgtype", "body", "url", "info", "m.new_content", "events", "timeline"]) | st.text(),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON, st.sampled_from(["m.room.message", "m.reaction", "m.room.redaction", "m.room.member", "x"]))
def test_any_content_at_all_is_read_without_an_error(content, kind) -> None:
    read(event(content, kind))
    wire.facts([event(content, kind, state_key="")])
    wire.after_joining([event(content, kind, state_key=BOT)], bot_id=BOT)
    wire.synced({"next_batch": "s", "rooms": content}, bot_id=BOT)
    wire.synced(
        {"next_batch": "s", "rooms": {"join": {"!r": content}, "invite": {"!i": content}}}, bot_id=BOT
    )


def coming(before: str = "invite", **more: Any) -> dict[str, Any]:
    unsigned = {"prev_content": {"membership": before}}
    return event({"membership": "join"}, "m.room.member", state_key=BOT, unsigned=unsigned, **more)


def test_what_was_said_before_the_bot_came_is_left_out() -> None:
    first, second = event(text("before")), event(text("after"))
    assert wire.after_joining([first, coming(), second], bot_id=BOT) == ((second,), True)


def test_after_being_thrown_out_only_what_follows_the_last_coming_counts() -> None:
    first, second = event(text("between")), event(text("after"))
    timeline = [coming(), first, coming("leave"), second]
    assert wire.after_joining(timeline, bot_id=BOT) == ((second,), True)


def test_a_new_name_of_the_bot_is_no_coming() -> None:
    first, second = event(text("before")), event(text("after"))
    timeline = [first, coming("join"), second]
    assert wire.after_joining(timeline, bot_id=BOT) == (tuple(timeline), False)


def test_somebody_elses_coming_is_not_the_bots() -> None:
    other = event({"membership": "join"}, "m.room.member", state_key=ANNA)
    assert wire.after_joining([other], bot_id=BOT) == ((other,), False)


def test_a_sync_is_taken_apart() -> None:
    page = {
        "timeline": {"events": [event(text()), "junk"], "limited": True, "prev_batch": "p1"},
        "state": {"events": [event({"name": " Deals\n"}, "m.room.name", state_key="")]},
    }
    invite = {"invite_state": {"events": [event({"membership": "invite"}, "m.room.member", state_key=BOT)]}}
    answer = {
        "next_batch": "s2",
        "rooms": {"join": {"!a": page, "!bad": 3}, "invite": {"!b": invite, "!c": {}}, "leave": {"!d": {}}},
    }
    found = wire.synced(answer, bot_id=BOT)
    assert found.next_batch == "s2" and found.left == ("!d",)
    assert found.invites == (wire.Invite("!b", ANNA, ""), wire.Invite("!c", "", ""))
    (only,) = found.pages
    assert (only.room_id, len(only.timeline), only.limited, only.prev_batch) == ("!a", 1, True, "p1")
    assert wire.facts(only.state) == wire.RoomFacts(name="Deals")


def test_state_tells_encryption_and_upgrade_and_a_plain_event_of_that_type_does_not() -> None:
    state = [event({"algorithm": "m.megolm"}, "m.room.encryption", state_key="")]
    state.append(event({"replacement_room": "!new:home.test"}, "m.room.tombstone", state_key=""))
    assert wire.facts(state) == wire.RoomFacts(None, True, "!new:home.test")
    assert wire.facts([{**each, "state_key": "x"} for each in state]) == wire.RoomFacts()
    assert (
        wire.facts([{name: v for name, v in each.items() if name != "state_key"} for each in state])
        == wire.RoomFacts()
    )


def test_an_answer_is_hung_on_its_thread_and_a_reaction_keeps_its_own_relation() -> None:
    said = wire.related({"body": "x"}, "$root")
    assert said["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$root"},
    }
    reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$m", "key": "✅"}}
    assert wire.related(reaction, "$root") == reaction
    assert wire.related({"body": "x"}, "") == {"body": "x"}
