"""Text recognition by Tesseract, a program of the machine: used where it is installed and no model reads pictures."""

from __future__ import annotations

import importlib
import io
import shutil
from typing import TYPE_CHECKING

from crm_site.core import heavy

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = heavy.module("PIL.Image"), heavy.module("PIL.ImageOps")

TIMEOUT_S = 25
#: Tesseract wants letters of some 30 pixels; smaller pictures are doubled.
SMALL_SIDE = 1000


class Failed(RuntimeError):
    """Tesseract is there and could not do it: out of time, or without its language data."""


def installed() -> bool:
    """Tell whether the program can be found."""
    return shutil.which("tesseract") is not None


def read(data: bytes) -> str:
    """The text in a picture of ours, as Tesseract gives it. Raises Failed, also after TIMEOUT_S seconds."""
    with Image.open(io.BytesIO(data)) as opened:
        grey = ImageOps.autocontrast(opened.convert("L"))
    if max(grey.size) < SMALL_SIDE:
        grey = ImageOps.scale(grey, 2)
    # Loaded by whoever reads a picture: it brings numpy along, ten megabytes in every other process of the house.
    pytesseract = importlib.import_module("pytesseract")
    try:
        return str(pytesseract.image_to_string(grey, lang="eng", timeout=TIMEOUT_S))
    except (RuntimeError, OSError) as error:
        raise Failed(str(error)[:300]) from error
