"""How likely each intent is, from the evidence in a question: one weighted sum for each intent (a maximum-entropy model).

The weights in `weights.json` were learned from the questions in `nlquery/learning/examples`; `./deploy/learn` makes them
anew. Looking them up needs no library, no model and no randomness: the same question is always read the same way.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("weights.json")
#: Stands among the intents for what is no question to the CRM.
NO_QUESTION = "no_match"


@dataclass(frozen=True)
class Weights:
    """intents: with NO_QUESTION among them. bias: one number for each. by_feature: feature → place of the intent → weight.

    learned_from: a digest of what they were learned from (`nlquery.learning.lessons.digest`).
    """

    intents: tuple[str, ...]
    bias: tuple[float, ...]
    by_feature: Mapping[str, Mapping[int, float]]
    learned_from: str


def chances(evidence: Iterable[str], weights: Weights | None = None) -> list[tuple[str, float]]:
    """Every intent and NO_QUESTION with its probability (together 1), the likeliest first."""
    known = weights or learned()
    sums = list(known.bias)
    for feature in evidence:
        for place, weight in known.by_feature.get(feature, {}).items():
            sums[place] += weight
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = math.fsum(powers)
    found = zip(known.intents, (power / whole for power in powers), strict=True)
    return sorted(found, key=lambda one: (-one[1], one[0]))


@cache
def learned() -> Weights:
    """The weights that come with this version."""
    return read(PATH.read_text(encoding="utf-8"))


def read(text: str) -> Weights:
    """The weights as `write` wrote them: whole numbers in hundredths, a row for each feature."""
    stored = json.loads(text)
    return Weights(
        intents=tuple(stored["intents"]),
        bias=tuple(number / 100 for number in stored["bias"]),
        by_feature={
            feature: {place: number / 100 for place, number in zip(row[::2], row[1::2], strict=True)}
            for feature, row in stored["weights"].items()
        },
        learned_from=stored["learned_from"],
    )


def write(weights: Weights) -> str:
    """The text of `weights.json`: a feature a line, so that a change of one shows as one."""
    rows = []
    for feature, row in sorted(weights.by_feature.items()):
        flat = [number for place, weight in sorted(row.items()) for number in (place, round(weight * 100))]
        rows.append(f"  {json.dumps(feature)}: {json.dumps(flat, separators=(',', ':'))}")
    return (
        "{\n"
        f' "intents": {json.dumps(weights.intents)},\n'
        f' "bias": {json.dumps([round(one * 100) for one in weights.bias])},\n'
        f' "learned_from": {json.dumps(weights.learned_from)},\n'
        ' "weights": {\n' + ",\n".join(rows) + "\n }\n}\n"
    )
