"""A picture in the intake room, from the upload by a client to the file on the record; and what the bot tells a room unasked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from crm_site.accounts.roles import Role
from crm_site.communications.models import Attachment
from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.tests import cast
from crm_site.tests.synapse.office import Office
from crm_site.tests.synapse.person import Person
from intake.choices import MessageState, ProposalState
from intake.matrix.models import MatrixRoom
from intake.matrix.tests.journeys.scene import Firm, firm, logged
from intake.models import InboundMessage, MessagePicture
from intake.pictures.tests import drawing

pytestmark = [
    pytest.mark.matrix,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        shutil.which("tesseract") is None, reason="Tesseract is not installed: ./deploy/test --only install"
    ),
]


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def petra(office: Office) -> Person:
    return office.member("partner", "Petra Partner")


@pytest.fixture(scope="module")
def victor(office: Office) -> Person:
    return office.member(Role.VIEWER, "Victor Viewer")


@pytest.fixture(scope="module")
def room(office: Office, petra: Person, victor: Person) -> str:
    return office.room(petra, victor)


def card(acme: Firm) -> bytes:
    """A photo of the business card of somebody at the firm."""
    return drawing.saved(drawing.business_card((acme.name, acme.person, "COO", acme.email)), "JPEG")


def test_a_photo_of_a_card_becomes_a_note_with_the_photo_on_it(office, petra, room) -> None:
    acme = firm()
    thread = office.thread(petra, room, petra.send_picture(room, card(acme), "image/jpeg", "IMG_1.jpg"))
    shown = thread.wait_for_posts(1)
    assert acme.name in shown.body and acme.email in shown.body
    assert thread.message.sender_id == office.membership(petra).user_id
    said = thread.answer("yes")
    (note,) = logged(office, acme.name)
    assert note.kind == "note"
    assert acme.name in said.body
    with scope(office.organization):
        attached = Attachment.objects.get(communication=note)
    assert (attached.name, attached.content_type) == ("IMG_1.jpg", "image/jpeg")


def test_words_under_a_photo_are_read_with_it(office, petra, room) -> None:
    acme = firm()
    content = {
        "msgtype": "m.image",
        "filename": "card.jpg",
        "body": "Met her in Austin",
        "url": petra.upload(card(acme), "image/jpeg", "card.jpg"),
        "info": {"mimetype": "image/jpeg"},
    }
    thread = office.thread(petra, room, petra.send(room, content))
    thread.wait_for_posts(1)
    assert thread.message.text.startswith("Met her in Austin\n")
    assert thread.proposal.parsed["kind"] == "meeting"


@pytest.mark.parametrize(
    "data, says",
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "send a JPEG"),
        (drawing.saved(drawing.business_card(), "JPEG")[:3000], "send a JPEG"),
        (drawing.png_claiming(50_000, 50_000), "megapixels"),
    ],
    ids=["svg", "cut off", "bomb"],
)
def test_what_is_no_picture_is_told_and_not_kept(office, petra, room, data, says) -> None:
    thread = office.thread(petra, room, petra.send_picture(room, data, "image/png", "card.png"))
    assert says in thread.wait_for_posts(1).body
    assert not InboundMessage.unscoped.filter(external_id=thread.root).exists()


def test_a_picture_without_words_is_told(office, petra, room) -> None:
    blank = drawing.saved(drawing.business_card(()))
    thread = office.thread(petra, room, petra.send_picture(room, blank))
    assert "can't make out any text" in thread.wait_for_posts(1).body
    assert thread.message.state == MessageState.IGNORED


def test_a_viewers_picture_is_refused(office, petra, victor, room) -> None:
    before = MessagePicture.unscoped.count()
    thread = office.thread(victor, room, victor.send_picture(room, card(firm())))
    assert "Sorry" in thread.wait_for_posts(1).body
    assert MessagePicture.unscoped.count() == before


def test_taking_the_picture_back_withdraws_the_proposal(office, petra, room) -> None:
    thread = office.thread(petra, room, petra.send_picture(room, card(firm())))
    thread.wait_for_posts(1)
    petra.redact(room, thread.root)
    thread.wait_for_posts(2)
    assert thread.states == [ProposalState.WITHDRAWN]


def test_the_digest_arrives_in_the_room_once(office, petra, room, settings) -> None:
    settings.MATRIX = replace(settings.MATRIX, homeserver=office.homeserver.url, user=office.bot_id)
    with scope(office.organization):
        actor = cast.actor_of(office.membership(petra))
        cast.make_reminder(actor=actor, text="Wire the details", due_on=clock.today() - timedelta(days=1))
        MatrixRoom.objects.filter(room_id=room).update(posts_digest=True)

    def digests() -> list[str]:
        return [event.body for event in office.said(petra, room) if "Wire the details" in event.body]

    for _ in range(2):
        call_command("send_digest", "--org", office.organization.slug, stdout=StringIO())
    office.wait(petra, "the digest", digests)
    thread = office.tell(petra, room, firm().met)
    assert thread.news and len(digests()) == 1
    assert "Petra Partner: 1 overdue" in digests()[0]
