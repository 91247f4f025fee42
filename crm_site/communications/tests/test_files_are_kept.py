"""A file kept with a communication: who may, what is refused, and that it is kept once."""

from __future__ import annotations

import pytest

from crm_site.accounts.permissions import NotAllowed
from crm_site.audit.models import AuditEvent
from crm_site.communications import services as communications
from crm_site.communications.models import Attachment
from crm_site.communications.services import attachments
from crm_site.core.errors import Invalid, NotFound
from crm_site.tests import cast


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def attach(member, communication, data=b"%PDF-", name="deck.pdf", content_type="application/pdf"):
    return communications.attach_file(
        actor=cast.actor_of(member),
        communication=communication,
        data=data,
        name=name,
        content_type=content_type,
    )


def test_a_file_is_kept_under_a_name_of_ours_and_noted_in_the_log(house, associate, on_disk) -> None:
    note = cast.make_communication()
    row = attach(associate, note, name="../../evil\u202efdp.exe")
    assert (row.name, row.size, row.created_by_id) == ("../../evilfdp.exe", 5, associate.user_id)
    assert "evil" not in row.file.name and ".." not in row.file.name
    (stored,) = [path for path in on_disk.rglob("*") if path.is_file()]
    assert stored.read_bytes() == b"%PDF-"
    entry = AuditEvent.objects.get(action="attachment.added")
    assert (entry.subject_id, entry.user_id) == (row.pk, associate.user_id)
    assert "evil" not in entry.text, "the name is personal and sealed"


def test_the_same_file_again_is_one(house, associate) -> None:
    note = cast.make_communication()
    assert attach(associate, note).pk == attach(associate, note, name="copy.pdf").pk
    assert attach(associate, cast.make_communication()).communication_id != note.pk
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    "given, field",
    [({"data": b""}, "file"), ({"name": " "}, "name"), ({"name": "x" * 161}, "name"), ({"content_type": ""}, "content_type")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_at_its_field(house, associate, on_disk, given, field) -> None:
    with pytest.raises(Invalid) as refused:
        attach(associate, cast.make_communication(), **given)
    assert list(refused.value.fields) == [field]
    assert not Attachment.objects.exists() and not list(on_disk.rglob("*"))


def test_too_large_a_file_is_refused(house, associate, monkeypatch) -> None:
    monkeypatch.setattr(attachments, "MAX_BYTES", 4)
    with pytest.raises(Invalid, match="At most"):
        attach(associate, cast.make_communication())


def test_viewers_and_strangers_attach_nothing(house, viewer, associate, foreign) -> None:
    with pytest.raises(NotAllowed):
        attach(viewer, cast.make_communication())
    with pytest.raises(NotFound):
        attach(associate, foreign.communication)
    assert not Attachment.objects.exists()
