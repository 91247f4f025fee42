"""A stranger's file becomes a picture of ours, or is refused. Pure: bytes in, bytes out.

Nothing of the file itself is kept: the pixels are decoded within limits and written into a new file, so what else was in
it (where the photo was taken, a script, a second picture) does not come along.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_site.core import heavy
from crm_site.core.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = heavy.module("PIL.Image"), heavy.module("PIL.ImageOps")

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
#: Of a JPEG, which is decoded at a fraction of its size; phones take such photos.
MAX_PIXELS_JPEG = 64_000_000
#: The longer side of what we keep, in pixels: enough for the small print of a business card that fills the photo.
MAX_SIDE = 2000
#: A flat picture beyond this size is a photo after all, and a JPEG of it is a tenth.
MAX_PNG_BYTES = 1024 * 1024
JPEG_QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: Formats with hard edges, which JPEG would blur.
FLAT = frozenset({"PNG", "GIF"})
# What Pillow raises for files that are broken, cut off or made to break it.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, RuntimeError, struct.error,
)  # fmt: skip


class NotAPicture(Invalid):
    """The file is none of the kinds of picture we read, whatever it calls itself, or it is damaged."""

    code = "not_a_picture"


class PictureTooLarge(Invalid):
    """Too many bytes or too many pixels."""

    code = "picture_too_large"


@dataclass(frozen=True)
class Redrawn:
    """A picture of ours. content_type: image/jpeg or image/png. width, height: pixels, at most MAX_SIDE."""

    data: bytes
    content_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def extension(self) -> str:
        return "png" if self.content_type == "image/png" else "jpg"


def redraw(data: bytes) -> Redrawn:
    """Decode a JPEG, PNG, WebP or GIF (its first picture), turn it upright, make it fit, and write it anew.

    Raises NotAPicture, PictureTooLarge; their messages are for the sender.
    """
    if len(data) > MAX_BYTES:
        raise PictureTooLarge(
            f"The picture has {len(data) / 1024**2:.0f} MB; I read pictures of up to {MAX_BYTES // 1024**2} MB."
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _check_pixels(opened)
            flat = opened.format in FLAT
            drawn = _draw(opened)
    except Image.DecompressionBombError:
        raise _too_many_pixels(MAX_PIXELS) from None
    except _BROKEN:
        raise NotAPicture("This is no picture that I can open: send a JPEG, PNG, WebP or GIF.") from None
    return _write(drawn, flat=flat)


def _check_pixels(opened: Image.Image) -> None:
    # Opening reads the header only, so a bomb is refused before a byte of it is unpacked.
    limit = MAX_PIXELS_JPEG if opened.format == "JPEG" else MAX_PIXELS
    if opened.width * opened.height > limit:
        raise _too_many_pixels(limit)


def _too_many_pixels(limit: int) -> PictureTooLarge:
    return PictureTooLarge(
        f"The picture has too many pixels; I read pictures of up to {limit // 1_000_000} megapixels."
    )


def _draw(opened: Image.Image) -> Image.Image:
    """The first picture of the file, upright and on white paper, in a new image that carries nothing else along."""
    # A JPEG can be decoded at a fraction of its size, in a fraction of the time and memory.
    opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
    # A palette cannot be blended; the others are made small first, so that only one full-size copy is ever in memory.
    smooth = opened.convert("RGBA") if opened.mode in ("P", "1") else opened
    smooth.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(smooth)
    paper = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
    else:
        paper.paste(upright.convert("RGB"))
    return paper


def _write(drawn: Image.Image, *, flat: bool) -> Redrawn:
    if flat:
        data = _saved(drawn, "PNG", optimize=False)
        if len(data) <= MAX_PNG_BYTES:
            return Redrawn(data, "image/png", drawn.width, drawn.height)
    data = _saved(drawn, "JPEG", quality=JPEG_QUALITY)
    return Redrawn(data, "image/jpeg", drawn.width, drawn.height)


def _saved(drawn: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    drawn.save(file, kind, **options)
    return file.getvalue()
