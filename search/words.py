"""A text as words and weights, without the library that makes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sparse:
    """indices: hashes of stems, unique. values: floats of the same length."""

    indices: list[int]
    values: list[float]
