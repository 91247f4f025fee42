"""The deterministic translator: a small semantic grammar that answers without a model, or says that it does not know.

A question is split into words (`reading`), names are found by the CRM's index and by their place (`names`), slips of the pen
put right (`corrections`), stretches of time, sums and choices spotted (`spotting`). All of that is the evidence by which
the intents are weighed (`evidence`, `weighing`); the slots of the likeliest are filled in (`filling`). What is unsafe, in
another tongue or no text at all is refused before (`refusals`).
"""

from __future__ import annotations

from datetime import date

from crm_site.core import clock
from crm_site.core import text as texts
from nlquery.translate import Translation, evidence, filling, refusals, suggesting, weighing
from nlquery.translate.database_known import DatabaseKnown
from nlquery.translate.known import Known
from nlquery.translate.spotting import spot

#: An intent less likely than this is a guess.
LEAST = 0.4
#: From this probability on, a model would add nothing.
CERTAIN = 0.85


def translate(question: str) -> Translation:
    """Read a question in the organization in scope. Two look-ups; never raises for any text."""
    return read(question, known=DatabaseKnown(), today=clock.today())


def is_certain(translation: Translation) -> bool:
    """Tell whether a model would add nothing."""
    return translation.intent is not None and translation.confidence >= CERTAIN


def read(question: str, *, known: Known, today: date, weights: weighing.Weights | None = None) -> Translation:
    """Read a question for whatever `known` knows, on the local day `today`. weights: others than those that come with us.

    Slots are JSON text and numbers; a window is looked at from today. confidence: the probability of the intent.
    """
    line = texts.one_line(question)
    # Longer texts are refused by their length; looking for names in them would cost for nothing.
    seen = spot(line[: refusals.MOST_CHARACTERS + 1], known, today)
    if refusals.refused(seen.reading) or not seen.content:
        return Translation(None, {}, 0.0, "grammar", suggesting.nearest([]))
    chances = weighing.chances(evidence.of(seen), weights)
    intent, chance = chances[0]
    filled = filling.fill(intent, seen) if intent != weighing.NO_QUESTION and chance >= LEAST else None
    if filled is None:
        return Translation(None, {}, 0.0, "grammar", suggesting.nearest([key for key, _ in chances]))
    return Translation(intent, filled.slots, round(chance, 3), "grammar")
