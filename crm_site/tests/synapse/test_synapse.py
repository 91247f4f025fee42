"""The tools of the Matrix tests do what they say, on the real homeserver: two people in a room see what the other does."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_site.tests.synapse.homeserver import BY_DEFAULT, Homeserver, Refused
from crm_site.tests.synapse.journeys import People
from crm_site.tests.synapse.person import Person

pytestmark = pytest.mark.matrix


def in_one_room(anna: Person, ben: Person) -> str:
    room = anna.create_room("Two", invite=[ben.mxid])
    ben.wait_for("the invite", lambda: room in ben.invites)
    ben.join(room)
    return room


def test_each_sees_what_the_other_does(people: People) -> None:
    anna, ben = people("anna"), people("ben")
    room = in_one_room(anna, ben)
    root = anna.say(room, "Met Dana")
    ben.wait_until_seen(root)
    first = ben.answer(room, root, "Who is that?")
    anna.wait_until_seen(first)
    second = anna.answer(room, root, "COO of Blue Heron")
    plain = ben.reply(room, root, "I see")
    liked = ben.react(room, second, "✅")
    edited = anna.edit(room, root, "Met Dana Whitfield")
    gone = anna.redact(room, plain_message := anna.say(room, "never mind"))
    for event_id in (first, second, plain, liked, edited, gone):
        anna.wait_until_seen(event_id)
        ben.wait_until_seen(event_id)
    assert [event.body for event in anna.answers(room, root)] == ["Who is that?"]
    assert ben.wait_until_seen(second).relation["m.in_reply_to"] == {"event_id": first}
    assert anna.wait_until_seen(plain).body == f"> <{anna.mxid}> Met Dana\n\nI see"
    assert anna.wait_until_seen(liked).reacted_to == second
    assert ben.wait_until_seen(edited).content["m.new_content"]["body"] == "Met Dana Whitfield"
    assert ben.wait_until_seen(gone).source["redacts"] == plain_message


def test_a_picture_a_paste_and_an_upgrade(people: People) -> None:
    anna, ben = people("anna"), people("ben")
    room = in_one_room(anna, ben)
    picture = anna.send_picture(room, b"\x89PNG not quite")
    assert ben.wait_until_seen(picture).content["url"].startswith("mxc://test.localhost/")
    pasted = anna.send_all(room, [f"line {number}" for number in range(20)])
    assert len(set(pasted)) == 20
    for event_id in pasted:
        ben.wait_until_seen(event_id)
    new = anna.upgrade(room)
    seen = ben.wait_for(
        "the tombstone", lambda: [event for event in ben.in_room(room) if event.type == "m.room.tombstone"]
    )
    assert seen[0].content["replacement_room"] == new


def test_what_was_said_outlives_a_kill_and_a_revoked_token_is_refused(
    homeserver: Homeserver, people: People
) -> None:
    anna, ben = people("anna"), people("ben")
    room = in_one_room(anna, ben)
    before = anna.say(room, "before")
    homeserver.kill()
    assert not homeserver.is_up()
    homeserver.start()
    after = anna.say(room, "after")
    assert [ben.wait_until_seen(event_id).body for event_id in (before, after)] == ["before", "after"]
    homeserver.revoke(ben.account)
    with pytest.raises(Refused) as refused:
        ben.say(room, "still there?")
    assert refused.value.errcode == "M_UNKNOWN_TOKEN"


def test_the_limits_of_a_plain_installation_can_be_had(tmp_path: Path) -> None:
    with Homeserver(tmp_path, messages=BY_DEFAULT) as strict:
        account = strict.newcomer("anna")
        room = strict.call("POST", "/_matrix/client/v3/createRoom", {}, token=account.token)["room_id"]
        place = f"/_matrix/client/v3/rooms/{room}/send/m.room.message"
        with pytest.raises(Refused) as refused:
            for number in range(20):
                body = {"msgtype": "m.text", "body": str(number)}
                strict.call("PUT", f"{place}/{number}", body, token=account.token)
        assert refused.value.errcode == "M_LIMIT_EXCEEDED"
