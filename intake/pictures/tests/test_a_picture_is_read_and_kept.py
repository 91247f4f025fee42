"""From a picture in a room to an approved note with the picture hanging on it."""

from __future__ import annotations

import io
import json
import shutil

import pytest
from django.urls import reverse
from PIL import Image

from crm_site.accounts.permissions import NotAllowed
from crm_site.communications.models import Attachment, Communication
from crm_site.communications.services import attachments
from crm_site.contacts.models import Contact
from crm_site.core import spark, unit
from crm_site.core.actor import Door
from crm_site.core.errors import Invalid
from crm_site.core.scope import scope
from crm_site.investors.models import Investor
from crm_site.relations import services as relations
from crm_site.relations.models import Deletion
from crm_site.tests import cast, fakes
from crm_site.work.models import WorkItem
from crm_site.work.tests.drain import drain
from intake import answering
from intake import services as intake
from intake.choices import MessageState
from intake.models import InboundMessage, IntakeRun, MessagePicture, Proposal
from intake.pictures import eyes, queueing, redrawing, services, tesseract, working
from intake.pictures.tests import drawing

CARD = drawing.saved(drawing.business_card())
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed: ./deploy/test --only install"
)


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    spark.reset()
    yield tmp_path
    spark.reset()


@pytest.fixture
def blind(monkeypatch):
    """A machine without Tesseract."""
    monkeypatch.setattr(tesseract, "installed", lambda: False)


@pytest.fixture
def seeing(settings):
    """A vision model on loopback; the test puts its answers in."""
    with fakes.chat_server("{}") as server:
        settings.SPARK_CONTROL_URL, settings.CRM_VISION_MODEL = server.url, "qwen-vl"
        yield server


def send(member, data: bytes = CARD, **values):
    values.setdefault("external_id", "$picture")
    actor = cast.actor_of(member, Door.MATRIX)
    return services.receive_picture(actor=actor, source="matrix", data=data, name="IMG 1.heic", **values)


def saying(text: str, *, then: str = "not json: the grammar reads"):
    return [json.dumps({"text": text}), then]


@needs_tesseract
def test_a_business_card_becomes_a_contact_with_the_card_attached(house, associate) -> None:
    message = send(associate).message
    assert WorkItem.objects.get().kind == queueing.READ_FAST
    drain()
    message.refresh_from_db()
    seen, drawn = message.text.splitlines(), list(drawing.CARD)
    assert [line.replace(" ", "") for line in seen] == [line.replace(" ", "") for line in drawn]
    proposal = Proposal.objects.get(message=message)
    assert (proposal.parsed["intent"], proposal.parsed["kind"]) == ("log", "note")

    result = intake.approve(actor=cast.actor_of(associate), proposal=proposal, revision=1)

    assert result.investor.name == "Blue Heron Capital"
    (person,) = Contact.objects.all()
    assert person.name == "Dana Whitfield"
    assert person.emails.get().email == "dana@blueheron.com"
    assert person.phones.get().number == "+15125550188"
    note = Communication.objects.get()
    assert (note.kind, note.captured_via) == ("note", "matrix_intake")
    attached = Attachment.objects.get()
    assert (attached.communication_id, attached.name, attached.content_type) == (
        note.pk,
        "IMG 1.png",
        "image/png",
    )
    with attached.file.open("rb") as file:
        stored = file.read()
    assert stored == bytes(MessagePicture.objects.get().data)
    step = IntakeRun.objects.get().steps.get(position=1)
    assert (step.name, step.given["reader"]) == ("see", "tesseract")


def test_the_vision_model_reads_when_there_is_one(house, associate, seeing) -> None:
    seeing.answers[:] = saying("Harbor Family Office\nPriya Nair\npriya@harborfo.com")
    send(associate)
    assert WorkItem.objects.get().kind == queueing.READ_LLM
    drain()
    proposal = Proposal.objects.get()
    assert proposal.parsed["investor_name"] == "Harbor Family Office"
    assert proposal.parsed["contacts"][0]["email"] == "priya@harborfo.com"
    asked = seeing.requests[0]
    assert asked["model"] == "qwen-vl"
    url = asked["messages"][1]["content"][1]["image_url"]["url"]
    assert url.startswith("data:image/png;base64,")
    assert seeing.requests[1]["model"] != "qwen-vl", "what is read goes through the same pipeline"


@pytest.mark.parametrize("answer", ["no json", '{"text": 7}', '["text"]', '{"words": "x"}'])
def test_a_model_that_answers_nonsense_gives_way_to_tesseract(
    house, associate, seeing, answer, monkeypatch
) -> None:
    seeing.answers[:] = [answer]
    monkeypatch.setattr(tesseract, "installed", lambda: True)
    monkeypatch.setattr(tesseract, "read", lambda data: "Cedar Row Partners\nTom Reyes\n")
    assert eyes.read(CARD, "image/png") == eyes.Seen("Cedar Row Partners\nTom Reyes", "tesseract")


def told(monkeypatch) -> list[str]:
    said: list[str] = []

    class Listener:
        def read(self, *, actor, message, proposals, reading):
            said.append(MessagePicture.objects.get(message=message).problem)

    monkeypatch.setitem(answering._answerers, "matrix", Listener())
    return said


def test_without_eyes_it_says_so(house, associate, blind, monkeypatch) -> None:
    said = told(monkeypatch)
    message = send(associate).message
    drain()
    message.refresh_from_db()
    assert message.state == MessageState.IGNORED
    assert said == [eyes.NO_EYES] and said[0].startswith("I can't read images here")
    page = cast.client_of(associate).get(reverse("intake:reading", args=[message.pk])).content.decode()
    assert "I can&#x27;t read images here" in page
    assert reverse("intake:picture", args=[message.pk]) in page


def test_a_model_that_is_away_is_told_apart(house, associate, blind, settings, monkeypatch) -> None:
    settings.SPARK_CONTROL_URL, settings.CRM_VISION_MODEL = "http://127.0.0.1:9", "qwen-vl"
    said = told(monkeypatch)
    send(associate)
    drain()
    assert said == [eyes.MODEL_AWAY]


@needs_tesseract
def test_a_picture_without_text_says_so(house, associate, monkeypatch) -> None:
    said = told(monkeypatch)
    message = send(associate, drawing.saved(Image.new("RGB", (600, 400), "navy"))).message
    drain()
    message.refresh_from_db()
    assert (message.state, message.text, said) == (MessageState.IGNORED, "", [eyes.NOTHING_SEEN])
    assert MessagePicture.objects.get().problem == eyes.NOTHING_SEEN


@needs_tesseract
def test_tesseract_is_given_up_after_its_time(monkeypatch) -> None:
    monkeypatch.setattr(tesseract, "TIMEOUT_S", 0.01)
    assert eyes.read(CARD, "image/png") == eyes.Seen(reader="tesseract", problem=eyes.FAILED)


def test_what_is_written_under_a_picture_counts(house, associate, seeing) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield\nCOO")
    message = send(associate, caption="Met her in Austin, follow up next week").message
    drain()
    message.refresh_from_db()
    assert message.text == "Met her in Austin, follow up next week\nBlue Heron Capital\nDana Whitfield\nCOO"
    parsed = Proposal.objects.get().parsed
    assert (parsed["kind"], parsed["investor_name"]) == ("meeting", "Blue Heron Capital")


def test_a_call_that_only_the_picture_tells_of_is_a_note(house, associate, seeing) -> None:
    seeing.answers[:] = saying("Called Cedar Row Capital, left a voicemail for Tom Reyes")
    send(associate)
    drain()
    assert Proposal.objects.get().parsed["kind"] == "note"


def test_an_edited_caption_is_read_together_with_the_picture(house, associate, seeing) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    message = send(associate, caption="Met her").message
    drain()
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    intake.revise(actor=cast.actor_of(associate, Door.MATRIX), message=message, body="Met her in Boston")
    drain()
    message.refresh_from_db()
    assert message.text == "Met her in Boston\nBlue Heron Capital\nDana Whitfield"
    assert [one.state for one in Proposal.objects.order_by("id")] == ["superseded", "pending"]


def test_the_same_event_twice_is_one_message(house, associate) -> None:
    first = send(associate)
    again = send(associate)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.message.pk == again.message.pk
    assert MessagePicture.objects.count() == WorkItem.objects.count() == 1


def test_a_picture_that_is_withdrawn_while_it_is_read_stays_withdrawn(house, associate, seeing) -> None:
    message = send(associate).message

    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    # The handler itself: the withdrawal falls between its two halves.
    store = working.read_picture(organization_id=house.pk, subject_id=message.pk)
    intake.withdraw(actor=cast.actor_of(associate), message=message)
    with unit.atomic():
        assert store() == []
    message.refresh_from_db()
    assert (message.state, message.text) == (MessageState.WITHDRAWN, "")
    assert not Proposal.objects.exists()


def test_a_picture_drawn_before_the_transaction_is_taken_as_it_is(house, associate) -> None:
    drawn = redrawing.redraw(CARD)
    send(associate, drawn)
    kept = MessagePicture.objects.get()
    assert (bytes(kept.data), kept.sha256, kept.width) == (drawn.data, drawn.sha256, drawn.width)


def test_a_caption_is_read_even_where_the_picture_is_not(house, associate, blind) -> None:
    send(associate, caption="Met Dana Whitfield of Blue Heron Capital")
    drain()
    proposal = Proposal.objects.get()
    assert (proposal.parsed["investor_name"], proposal.parsed["kind"]) == ("Blue Heron Capital", "meeting")
    assert eyes.NO_EYES in proposal.notes


def test_what_is_no_picture_is_refused_and_nothing_is_stored(house, associate, viewer) -> None:
    with pytest.raises(redrawing.NotAPicture):
        send(associate, b"<svg/>", media_type="image/png")
    with pytest.raises(NotAllowed):
        send(viewer)
    assert not InboundMessage.objects.exists() and not WorkItem.objects.exists()


@pytest.mark.parametrize(
    "given, kept",
    [("../../etc/passwd", "passwd.png"), ("C:\\cards\\Dana.JPG", "Dana.png"), ("", "picture.png"),
     ("a\nb\x00\u202egnp.exe", "a bgnp.png"), (".", "picture.png"), ("x" * 400 + ".png", "x" * 150 + ".png")],
)  # fmt: skip
def test_the_senders_file_name_is_only_a_name(house, associate, given, kept) -> None:
    actor = cast.actor_of(associate)
    services.receive_picture(actor=actor, source="matrix", data=CARD, name=given)
    assert MessagePicture.objects.get().name == kept


def test_a_picture_that_cannot_be_kept_undoes_the_approval(house, associate, seeing, monkeypatch) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    send(associate)
    drain()
    proposal = Proposal.objects.get()
    monkeypatch.setattr(attachments, "MAX_BYTES", 10)
    with pytest.raises(Invalid, match="At most"):
        intake.approve(actor=cast.actor_of(associate), proposal=proposal, revision=proposal.revision)
    assert not Attachment.objects.exists() and not Communication.objects.exists()
    assert not Investor.objects.exists()
    proposal.refresh_from_db()
    assert proposal.is_pending and "At most" in proposal.error


def test_a_purge_removes_the_file(house, owner, seeing, on_disk, django_capture_on_commit_callbacks) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    send(owner)
    drain()
    actor = cast.actor_of(owner)
    intake.approve(actor=actor, proposal=Proposal.objects.get(), revision=1)
    assert len([path for path in on_disk.rglob("*") if path.is_file()]) == 1
    relations.delete_record(actor=actor, row=Investor.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        relations.purge(actor=actor, deletion=Deletion.objects.get())
    assert not [path for path in on_disk.rglob("*") if path.is_file()]


def test_the_inbox_shows_the_picture_to_members_only(
    house, associate, viewer, stranger, client, seeing
) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    message = send(associate).message
    address = reverse("intake:picture", args=[message.pk])
    assert address in cast.client_of(associate).get(reverse("intake:inbox")).content.decode(), (
        "while it is read"
    )
    drain()
    proposal = Proposal.objects.get()
    for page in (reverse("intake:inbox"), reverse("intake:detail", args=[proposal.pk])):
        assert address in cast.client_of(associate).get(page).content.decode()
    answer = cast.client_of(viewer).get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.content)).size == (1050, 600)
    assert cast.client_of(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_the_timeline_shows_what_is_attached(house, associate, seeing) -> None:
    seeing.answers[:] = saying("Blue Heron Capital\nDana Whitfield")
    send(associate)
    drain()
    result = intake.approve(actor=cast.actor_of(associate), proposal=Proposal.objects.get(), revision=1)
    page = (
        cast.client_of(associate).get(reverse("investors:detail", args=[result.investor.pk])).content.decode()
    )
    attached = Attachment.objects.get()
    assert reverse("communications:attachment", args=[attached.pk]) in page
    assert "IMG 1.png" in page


def test_pictures_of_another_organization_are_not_read(house, associate, foreign) -> None:
    message = send(associate).message
    with scope(foreign.organization):
        assert not MessagePicture.objects.filter(message_id=message.pk).exists()
