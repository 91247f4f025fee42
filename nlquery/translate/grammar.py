"""The deterministic translator: a small semantic grammar that answers without a model, or says that it does not know.

A question is split into words (`reading`), names are found by the CRM's index and by their place (`names`), slips of the pen
put right (`corrections`), stretches of time, sums and choices spotted (`spotting`); frames then compete for the best
reading (`frames`, `scoring`), whose slots are filled in (`filling`). What is no question is refused before (`refusals`).
"""

from __future__ import annotations

from datetime import date

from crm_site.core import clock
from crm_site.core import text as texts
from nlquery.translate import Translation, refusals, scoring, suggesting
from nlquery.translate.database_known import DatabaseKnown
from nlquery.translate.known import Known
from nlquery.translate.spotting import spot

#: Below this share of the question explained, it was not understood.
LEAST = 0.58
#: From this confidence on, a model would add nothing.
CERTAIN = 0.85


def translate(question: str) -> Translation:
    """Read a question in the organization in scope. Two look-ups; never raises for any text."""
    return read(question, known=DatabaseKnown(), today=clock.today())


def is_certain(translation: Translation) -> bool:
    """Tell whether a model would add nothing."""
    return translation.intent is not None and translation.confidence >= CERTAIN


def read(question: str, *, known: Known, today: date) -> Translation:
    """Read a question for whatever `known` knows, on the local day `today`.

    Slots are JSON text and numbers; a window is looked at from today.
    """
    line = texts.one_line(question)
    # Longer texts are refused by their length; looking for names in them would cost for nothing.
    seen = spot(line[: refusals.MOST_CHARACTERS + 1], known, today)
    if refusals.refused(seen.reading):
        return Translation(None, {}, 0.0, "grammar", suggesting.nearest(seen, []))
    judged = scoring.judge(seen)
    if not judged or judged[0].share < LEAST:
        return Translation(None, {}, 0.0, "grammar", suggesting.nearest(seen, judged))
    best = judged[0]
    lead = best.rank - judged[1].rank if len(judged) > 1 else 1.0
    return Translation(best.intent, best.slots, _confidence(best.share, best.weight, lead), "grammar")


def _confidence(share: float, weight: float, lead: float) -> float:
    """How sure the reading is: what it explains, less where another came close or the frame says little."""
    doubt = 0.12 * max(0.0, 0.5 - lead) / 0.5 + 0.1 * max(0.0, 1.6 - weight)
    return round(max(0.0, min(1.0, share - doubt)), 3)
