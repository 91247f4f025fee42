"""A room without a server: raw events go in as a homeserver would deliver them, and what the bot says is read back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import count
from typing import Any

from django.utils import timezone

from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.core import scope, unit
from crm_site.work.tests.drain import drain
from intake.matrix import conversation, wire
from intake.matrix.choices import Purpose
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom
from intake.matrix.services import inbox, sending
from intake.models import InboundMessage, Proposal
from intake.tasks import parse_message

BOT = "@roundtable:home.test"
SENTENCE = (
    "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com) in Austin. "
    "Wants the Fund II deck, follow up next Tuesday, thinking 2-3m"
)
TWO = "Called Cedar Row, left a voicemail for Tom.\nHad coffee with Maria Silva of Lakeshore Endowment."
_number = count(1)


def identify(member: Membership, mxid: str = "") -> str:
    """Let a Matrix user speak as the member; returns the user's id."""
    mxid = mxid or f"@{member.user.email.partition('@')[0]}:home.test"
    MatrixIdentity.objects.create(organization_id=member.organization_id, mxid=mxid, user=member.user)
    return mxid


class Room:
    """One room, with the people in it and the bot. Every post counts as sent as soon as the bot has said it."""

    def __init__(self, purpose: str = Purpose.INTAKE) -> None:
        number = next(_number)
        self.row = MatrixRoom.objects.create(
            organization_id=scope.current_id(), room_id=f"!room{number}:home.test", purpose=purpose
        )

    def send(self, sender: str, content: Mapping[str, Any], kind: str = "m.room.message", **rest: Any) -> str:
        """Deliver an event and have it worked off; returns its id."""
        event_id = f"${next(_number)}"
        raw = {
            "type": kind,
            "event_id": event_id,
            "sender": sender,
            "origin_server_ts": int(time.time() * 1000),
            "content": dict(content),
            **rest,
        }
        self.deliver(raw)
        return event_id

    def deliver(self, raw: Mapping[str, Any]) -> None:
        """The way of the bot: stored with what arrives at the top, then the rest one by one."""
        nothing = wire.RoomFacts()
        inbox.store_batch(
            deliveries=[inbox.Delivery(self.row.room_id, (dict(raw),), nothing)],
            bot_id=BOT,
            next_batch="s1",
            arrived=conversation.arrived,
        )
        for event in MatrixEvent.objects.waiting(timezone.now()):
            with unit.atomic():
                conversation.handle(event=event, bot_id=BOT)
                inbox.mark_done(actor=inbox.actor_of(event.organization_id), event=event)
        self.flush()

    def say(self, sender: str, body: str, **more: Any) -> str:
        """A message at the top level."""
        return self.send(sender, {"msgtype": "m.text", "body": body, **more})

    def capture(self, sender: str, body: str = SENTENCE) -> str:
        """A message, read by the worker."""
        event_id = self.say(sender, body)
        self.work_off()
        return event_id

    def ask(self, sender: str, body: str) -> str:
        """A question, answered by the worker."""
        event_id = self.say(sender, body)
        self.answer_all()
        return event_id

    def answer_all(self) -> None:
        """What the workers do with everything that waits."""
        drain()
        self.flush()

    def reply(
        self, sender: str, root: str, body: str, *, last: str | None = None, aimed: bool = False
    ) -> str:
        """In the thread. last: the event its client saw last, by default the newest post there."""
        shown = last if last is not None else self.last_event(root)
        relation = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": not aimed,
            "m.in_reply_to": {"event_id": shown},
        }
        return self.send(sender, {"msgtype": "m.text", "body": body, "m.relates_to": relation})

    def plain_reply(self, sender: str, target: str, body: str) -> str:
        """An answer from a client without threads."""
        relation = {"m.in_reply_to": {"event_id": target}}
        return self.send(sender, {"msgtype": "m.text", "body": body, "m.relates_to": relation})

    def react(self, sender: str, target: str, key: str = "\U0001f44d") -> str:
        relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
        return self.send(sender, {"m.relates_to": relation}, "m.reaction")

    def edit(self, sender: str, target: str, body: str) -> str:
        content = {
            "msgtype": "m.text",
            "body": f"* {body}",
            "m.new_content": {"msgtype": "m.text", "body": body},
            "m.relates_to": {"rel_type": "m.replace", "event_id": target},
        }
        return self.send(sender, content)

    def redact(self, sender: str, target: str) -> str:
        return self.send(sender, {"redacts": target}, "m.room.redaction", redacts=target)

    def work_off(self) -> None:
        """What the worker does with every message that waits to be read."""
        for message in InboundMessage.objects.being_read():
            store = parse_message(organization_id=message.organization_id, subject_id=message.pk)
            if store is not None:
                with unit.atomic():
                    store()
        self.flush()

    def flush(self) -> None:
        """Everything said is sent."""
        for post in MatrixPost.objects.queued():
            actor = inbox.actor_of(post.organization_id)
            sending.mark_sent(actor=actor, post_id=post.pk, event_id=f"$post{post.pk}")

    def posts(self, root: str | None = None) -> list[MatrixPost]:
        """What the bot said here, oldest first."""
        found = MatrixPost.objects.filter(room=self.row).exclude(key__startswith="hello").order_by("id")
        return [post for post in found if root is None or post.thread_root == root]

    def texts(self, root: str | None = None) -> list[str]:
        return [post.content["body"] for post in self.posts(root)]

    def last(self, root: str | None = None) -> str:
        """The last thing the bot said."""
        return self.texts(root)[-1]

    def shown(self, root: str) -> list[MatrixPost]:
        """The proposal posts of a thread."""
        return [post for post in self.posts(root) if post.revision is not None]

    def last_event(self, root: str) -> str:
        posts = self.posts(root)
        return posts[-1].event_id if posts else root


def proposals() -> list[Proposal]:
    return list(Proposal.objects.with_message().order_by("id"))
