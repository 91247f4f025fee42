"""From example questions to weights: the evidence in each, and what it should become.

Every question is learned twice, with the names on file and with none, so that an unknown firm counts as much as a known one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from nlquery import registry
from nlquery.translate import evidence, trying
from nlquery.translate.known import InMemory, Known
from nlquery.translate.spotting import spot
from nlquery.translate.trying import Trial
from nlquery.translate.weighing import NO_QUESTION

EXAMPLES = Path(__file__).with_name("examples")
#: The day on which the questions are asked, a Wednesday.
TODAY = date(2026, 6, 17)
Lesson = tuple[frozenset[str], str]


def world() -> InMemory:
    """The CRM that the names of the examples are from."""
    return InMemory.of(json.loads((EXAMPLES / "world.json").read_text(encoding="utf-8")))


def authors() -> list[Path]:
    """The files of examples, one for each author."""
    return sorted(EXAMPLES.glob("*.jsonl"))


def read(path: Path) -> list[Trial]:
    """The questions of one author. Raises trying.BadLine."""
    return trying.read(path.read_text(encoding="utf-8").splitlines())


def examples() -> list[Trial]:
    """All examples, and the questions that each intent gives of itself."""
    found = [trial for path in authors() for trial in read(path)]
    for key, entry in registry.entries().items():
        found += [Trial(one.question, key, one.slots, "catalogue") for one in entry.examples]
    return found


def drawn(trials: Sequence[Trial], knowns: Sequence[Known]) -> Iterator[Lesson]:
    """The evidence in each question as each of the CRMs would see it, and what it should become."""
    for known in knowns:
        for trial in trials:
            yield evidence.of(spot(trial.question, known, TODAY)), trial.intent or NO_QUESTION


def whole() -> list[Lesson]:
    """All that is to be learned."""
    return list(drawn(examples(), [world(), InMemory()]))


def digest(taught: Sequence[Lesson]) -> str:
    """Of all that is learned from: other examples, or other evidence in them, ask for `./deploy/learn`."""
    texts = (f"{to}\t{' | '.join(sorted(features))}\n" for features, to in taught)
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:16]
