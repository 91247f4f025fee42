"""Pictures for the tests, drawn with Pillow: a business card, and files made to break a reader."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

CARD = (
    "Blue Heron Capital",
    "Dana Whitfield",
    "Chief Operating Officer",
    "dana@blueheron.com",
    "+1 512 555 0188",
)


def business_card(lines: Sequence[str] = CARD, *, size: tuple[int, int] = (1050, 600)) -> Image.Image:
    """Black on white in Pillow's own outline font, as a printer would: 3.5 by 2 inches at 300 dpi."""
    card = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(card)
    for place, line in enumerate(lines):
        pen.text((80, 80 + place * 90), line, fill="black", font=ImageFont.load_default(46))
    return card


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The file's bytes."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises that many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
