"""Where an answer stands: which thread it is in, which proposals that has, and which version its writer has seen."""

from __future__ import annotations

from dataclasses import dataclass

from intake.choices import Source
from intake.matrix.choices import Kind, PostState
from intake.matrix.models import MatrixEvent, MatrixPost
from intake.models import InboundMessage, Proposal


class NotYet(RuntimeError):
    """The event is about one of our posts whose event id is not stored yet: handle it again once that is.

    No failure of the event: it ends when the waiting posts of the room are sent or given up.
    """


@dataclass(frozen=True)
class Thread:
    """root: the event it hangs on. message: what was captured there; None in the thread of a question."""

    root: str
    message: InboundMessage | None


def thread_of(event: MatrixEvent) -> Thread:
    """The thread an answer belongs to, also when it comes from a client without threads."""
    root = event.thread_root or _root_of(event, event.relates_to)
    return Thread(root, message_at(event, root))


def _root_of(event: MatrixEvent, target: str) -> str:
    post = post_at(event, target)
    if post is not None:
        return post.thread_root or post.event_id
    answered = MatrixEvent.objects.filter(room=event.room, event_id=target).first()
    if answered is not None:
        return answered.thread_root or answered.event_id
    return target


def message_at(event: MatrixEvent, root: str) -> InboundMessage | None:
    """What was captured from the event `root`, or from a picture in its thread, if that was said in the same room."""
    there = MatrixEvent.objects.filter(room=event.room)
    if not root or not there.filter(event_id=root).exists():
        return None
    messages = InboundMessage.objects.filter(source=Source.MATRIX)
    if found := messages.filter(external_id=root).first():
        return found
    pictures = there.filter(thread_root=root, kind=Kind.PICTURE).values("event_id")
    return messages.filter(external_id__in=pictures).order_by("id").first()


def post_at(event: MatrixEvent, event_id: str) -> MatrixPost | None:
    """Our post behind an event of the same room."""
    if not event_id:
        return None
    return MatrixPost.objects.sent_as(event_id).filter(room=event.room).first()


def current(message: InboundMessage) -> dict[int, Proposal]:
    """The newest proposal of each number."""
    rows = Proposal.objects.with_message().filter(message=message).order_by("ordinal", "revision", "id")
    return {row.ordinal: row for row in rows}


def newest_post(proposal: Proposal) -> MatrixPost | None:
    """The latest post that shows the proposal of this number, in whatever version."""
    shown = MatrixPost.objects.filter(
        message=proposal.message, proposal__ordinal=proposal.ordinal, revision__isnull=False
    )
    return shown.order_by("-id").first()


def has_seen(event: MatrixEvent, post: MatrixPost, *, is_aimed: bool) -> bool:
    """Tell whether the writer of an answer can have seen the post, going by what the answer points at.

    is_aimed: it answers that very post; else it points at the last event of the thread that its client had. Pointing at
    the root, or at nothing we know, tells nothing (simple clients always do): only the order in time is left. Raises NotYet.
    """
    if post.state == PostState.FAILED:
        return False
    pointed = post_at(event, event.relates_to)
    if pointed is not None and (not is_aimed or _shows_the_same(pointed, post)):
        return pointed.pk >= post.pk
    last = None if is_aimed else _said_in_thread(event, post.thread_root)
    if last is not None:
        return post.sent_at is not None and post.sent_at <= last.received_at and _came_after(last, post)
    if post.state == PostState.QUEUED:
        raise NotYet(f"What {event.event_id} points at may be a post on its way.")
    if _is_first(post):
        return event.received_at >= post.created_at
    return _came_after(event, post)


def _shows_the_same(pointed: MatrixPost, post: MatrixPost) -> bool:
    """Tell whether both show the proposal of one number, perhaps in two versions."""
    if pointed.proposal is None or post.proposal is None or pointed.revision is None:
        return False
    return pointed.message_id == post.message_id and pointed.proposal.ordinal == post.proposal.ordinal


def _said_in_thread(event: MatrixEvent, root: str) -> MatrixEvent | None:
    if event.relates_to in ("", root):
        return None
    return MatrixEvent.objects.filter(room=event.room, event_id=event.relates_to).first()


def _came_after(event: MatrixEvent, post: MatrixPost) -> bool:
    """By our clock and by the homeserver's: what waited while the bot was away is received late."""
    return min(event.received_at, event.sent_at) >= post.created_at


def _is_first(post: MatrixPost) -> bool:
    if post.proposal is None:
        return True
    same = MatrixPost.objects.filter(
        message_id=post.message_id, proposal__ordinal=post.proposal.ordinal, revision__isnull=False
    )
    return not same.filter(pk__lt=post.pk).exists()


def require_settled(event: MatrixEvent) -> None:
    """Raise NotYet while a post of the room is on its way: the event may be about that one."""
    if MatrixPost.objects.queued().filter(room=event.room).exists():
        raise NotYet(f"What {event.event_id} is about may be a post on its way.")


def is_known(event: MatrixEvent, event_id: str) -> bool:
    """Tell whether somebody's event is stored under that id in the same room."""
    return MatrixEvent.objects.filter(room=event.room, event_id=event_id).exists()
