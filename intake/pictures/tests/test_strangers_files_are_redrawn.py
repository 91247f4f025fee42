"""What comes out of a stranger's file is pixels and nothing else, or a refusal that says what to do."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, PngImagePlugin

from intake.pictures import redrawing
from intake.pictures.tests import drawing


def opened(made: redrawing.Redrawn) -> Image.Image:
    image = Image.open(io.BytesIO(made.data))
    image.load()
    return image


@pytest.mark.parametrize(
    "kind, content_type",
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg"), ("GIF", "image/png")],
)
def test_each_kind_becomes_a_jpeg_or_png_of_ours(kind: str, content_type: str) -> None:
    made = redrawing.redraw(drawing.saved(drawing.business_card(), kind))
    assert (made.content_type, made.width, made.height) == (content_type, 1050, 600)
    image = opened(made)
    assert image.size == (1050, 600)
    assert f"image/{image.format.lower()}" == content_type
    assert max(image.getpixel((1, 1))) > 240, "the paper is still white"


def located_photo() -> bytes:
    """A photo taken with the camera on its side: what is up stands right in the file; it also tells where it was."""
    photo = Image.new("RGB", (400, 200), "white")
    photo.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    exif[0x010E] = "Secretdescription"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 16.0, 12.0), 3: "W", 4: (97.0, 44.0, 24.0)})
    return drawing.saved(photo, "JPEG", exif=exif, comment=b"Secretcomment")


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    data = located_photo()
    before = Image.open(io.BytesIO(data))
    assert before.getexif().get_ifd(0x8825)[2] == (30.0, 16.0, 12.0), "else the test shows nothing"
    made = redrawing.redraw(data)
    image = opened(made)
    assert image.size == (200, 400)
    assert image.getpixel((100, 50))[1] < 60 < 200 < image.getpixel((100, 350))[1], "the red half is on top"
    assert not image.getexif()
    assert b"Secret" in data and b"Secret" not in made.data
    assert b"Exif" in data and b"Exif" not in made.data


def test_words_hidden_in_a_png_do_not_come_along() -> None:
    file = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "Secretcomment")
    drawing.business_card().save(file, "PNG", pnginfo=info)
    assert b"Secretcomment" in file.getvalue()
    assert b"Secretcomment" not in redrawing.redraw(file.getvalue()).data


def test_of_an_animation_the_first_picture_is_taken() -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("green", "red", "blue")]
    for kind in ("GIF", "WEBP"):
        data = drawing.saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        made = redrawing.redraw(data)
        image = opened(made).convert("RGB")
        assert getattr(opened(made), "n_frames", 1) == 1
        red, green, blue = image.getpixel((30, 20))
        assert green > red and green > blue


def test_what_is_transparent_lies_on_white_paper() -> None:
    glass = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert opened(redrawing.redraw(drawing.saved(glass))).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_made_to_fit() -> None:
    made = redrawing.redraw(drawing.saved(Image.effect_noise((3000, 4000), 60), "JPEG", quality=60))
    assert (made.width, made.height) == (1500, 2000)
    assert len(made.data) < 3 * 1024 * 1024


def test_a_photo_saved_as_png_is_kept_as_jpeg() -> None:
    made = redrawing.redraw(drawing.saved(Image.effect_noise((1500, 1500), 90).convert("RGB")))
    assert made.content_type == "image/jpeg"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Just some text that calls itself card.png",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        drawing.saved(drawing.business_card(), "TIFF"),
        drawing.saved(drawing.business_card(), "BMP"),
        drawing.saved(drawing.business_card(), "PNG")[:2000],
        drawing.saved(drawing.business_card(), "JPEG")[:3000],
        drawing.saved(drawing.business_card(), "WEBP")[:1500],
        drawing.png_claiming(800, 600),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"GIF89a" + b"\xff" * 40,
    ],
    ids=["empty", "text", "svg", "html", "pdf", "tiff", "bmp", "cut png", "cut jpeg", "cut webp", "hollow png",
         "png of zeros", "gif of ones"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(redrawing.NotAPicture) as refused:
        redrawing.redraw(data)
    assert "send a JPEG" in refused.value.message


@pytest.mark.parametrize("width, height", [(50_000, 50_000), (5_000, 5_001), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_what_it_promises(width: int, height: int) -> None:
    with pytest.raises(redrawing.PictureTooLarge, match="megapixels"):
        redrawing.redraw(drawing.png_claiming(width, height))


def test_a_palette_picture_stays_smooth_when_made_smaller() -> None:
    stripes = Image.new("P", (4000, 100))
    stripes.putpalette([0, 0, 0, 255, 255, 255])
    stripes.putdata([column % 2 for _ in range(100) for column in range(4000)])
    assert 100 < opened(redrawing.redraw(drawing.saved(stripes))).getpixel((1000, 25))[0] < 160, (
        "neither of the two"
    )


def test_a_large_photo_of_a_phone_is_taken() -> None:
    made = redrawing.redraw(drawing.saved(Image.new("L", (8000, 6000), 200), "JPEG", quality=30))
    assert (made.width, made.height) == (2000, 1500)


def test_too_many_bytes_are_refused_before_anything_is_decoded(monkeypatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *args, **options: pytest.fail("decoded"))
    with pytest.raises(redrawing.PictureTooLarge, match="10 MB"):
        redrawing.redraw(b"\0" * (redrawing.MAX_BYTES + 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_damaged_files_are_read_or_refused_and_nothing_else(kind: str) -> None:
    chance = random.Random(20)
    whole = drawing.saved(drawing.business_card(size=(200, 120)), kind)
    refused = 0
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            redrawing.redraw(bytes(broken))
        except (redrawing.NotAPicture, redrawing.PictureTooLarge):
            refused += 1
    assert refused > 0
