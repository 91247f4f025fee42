"""What a message is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASKED = re.compile(
    r"^\W*(?:\?|@\w+\s+|hey,?\s+|so,?\s+|ok,?\s+|quick question[:,]?\s+|any idea\s+|do (?:you|we) know\s+)*(?:who|whom|whose|what|what's|whats|which|when|when's|where|how|why|did|do|does|is|are|was|were|have|has|had|any|show|list|find|give me|tell me|search|look up"
    r"|pull up|count|summari[sz]e|compare|can (?:you )?(?:show|tell|list|find|give)|could you (?:show|tell|list|find|give)|what about|anyone|anybody|can i|can we|should we|will)\b",
    re.I,
)
_NOT_ASKED = re.compile(r"^\W*(?:had|has|have|was|were|is|will|do)\b(?!.*\?)", re.I | re.S)
_ADD = re.compile(
    r"^\W*(?:please |pls |can you |could you |hey,? |ok,? |also )*(?:add|create|enter|register|onboard|set up|put|new (?:investor|contact|lead|lp|prospect|client|name|firm|family office|person|card)|(?:business )?card)\b"
    r"(?!\s+(?:a |an |another |this |the |my |our )?(?:note|reminder|call|meeting|task|follow|comment|e-?mail|log|amount)\b)(?!\s+(?:me|us|down)\b)",
    re.I,
)
_ADD_LATER = re.compile(
    r"\b(?:please|pls|can you|could you|let's|should)\s+add\s+(?!(?:a |an )?(?:note|reminder|call|task))|\bnew (?:investor|lead|contact|prospect|lp)\s*[:\-]|\b(?:add (?:him|her|them)|adding) (?:to|as) (?:the |an? )?(?:crm|list|contact|investor|pipeline)",
    re.I,
)
_CHATTER = re.compile(
    r"^\W*(?:(?:thanks?|thank you|thx|ty|cheers|great|awesome|nice|lol|haha\w*|ok(?:ay)?|k|cool|sure|yes|yep|yeah|no|nope|got it|sounds good|perfect|good (?:morning|night|evening|afternoon|job|work|stuff|luck|one)|morning|hello|hi|hey|happy (?:birthday|friday|monday|new year|holidays|thanksgiving)|congrat\w*|well done|welcome|see you|bye|wow|agreed|\+1|brb|afk"
    r"|running late|be there|on my way|omw|testing|test|ping|sorry|oops|never ?mind|no worries|have a|love (?:it|this)|done|will do|noted|understood|merry|enjoy)\b|[\U0001F300-\U0001FAFF\u2600-\u27BF]+\s*$)",
    re.I,
)
_HOUSEHOLD = re.compile(
    r"\b(?:lunch is|coffee machine|printer|parking|wifi|wi-fi|office (?:is )?closed|out of office|ooo|wfh|working from home|pizza|cake|kitchen|team lunch|happy hour|sick today|day off|weather|game last night|traffic|running late|standup|stand-up|anyone (?:want|up|for))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in the message, as far as its purpose depends on it; offsets or None."""

    named: bool
    investor: bool
    kind_at: int | None
    stage_at: int | None
    money: bool
    committed_at: int | None
    reminder_at: int | None
    reminder_only: bool
    commanded: bool
    person_details: bool
    facts: bool
    past: bool


def decide(text: str, signs: Signs) -> tuple[str, float]:
    """(intent, how sure)."""
    if _HOUSEHOLD.search(text) and _is_chatter(text, signs):
        return ("ignore", 0.8)
    if is_question(text, signs):
        return ("question", 0.9)
    if _ADD.search(text) and not (signs.commanded and not signs.named):
        return ("add", 0.95 if signs.named else 0.6)
    if _is_chatter(text, signs):
        return ("ignore", 0.85)
    headline = signs.committed_at if signs.stage_at is None else signs.stage_at
    if headline is not None and (signs.kind_at is None or headline < signs.kind_at):
        return ("stage", 0.85)
    if signs.reminder_at is not None and signs.kind_at is None and (signs.reminder_only or signs.commanded):
        return ("remind", 0.9 if signs.commanded else 0.8)
    if _ADD_LATER.search(text) and signs.kind_at is None:
        return ("add", 0.75)
    if signs.kind_at is not None and (
        signs.named or signs.reminder_at is not None or signs.facts or signs.money
    ):
        return ("log", 0.9)
    return _rest(text, signs)


def adds(text: str) -> bool:
    """It opens by asking for a new investor or contact."""
    return bool(_ADD.search(text))


def is_question(text: str, signs: Signs) -> bool:
    """Asked of us, to be answered: the message opens by asking, or it is only a question."""
    stripped = text.strip()
    if re.match(r"^(?:\?\s*\w|@bot\b)", stripped, re.I):
        return True
    if re.match(
        r"^\W*(?:\w+[:,]\s+)?(?:can|could|will|would) (?:you|someone|we) (?:please )?(?:remind|add|log|send|call|e-?mail|book|schedule|set)\b",
        stripped,
        re.I,
    ):
        return False
    first = re.split(r"(?<=[.!?])\s|\n", stripped, maxsplit=1)[0]
    if _ASKED.match(first):
        if _NOT_ASKED.match(first) and not first.endswith("?"):
            return False
        if re.match(r"^\W*(?:is|are) (?:in|out)\b|^\W*(?:had|has)\b(?!.*\?)", first, re.I | re.S):
            return False
        return len(first) > 0.5 * len(stripped) or signs.kind_at is None
    return (
        stripped.endswith("?") and len(first) == len(stripped) and signs.kind_at is None and not signs.money
    )


def _is_chatter(text: str, signs: Signs) -> bool:
    if not re.search(r"[^\W_]", text):
        return True
    if signs.money or signs.stage_at is not None or signs.commanded or signs.person_details:
        return False
    short = len(text) < 160
    opens = bool(_CHATTER.match(text)) or bool(_HOUSEHOLD.search(text))
    return opens and short and not signs.investor and (signs.kind_at is None or not signs.named)


def _rest(text: str, signs: Signs) -> tuple[str, float]:
    if signs.person_details and signs.kind_at is None and not signs.money and not signs.facts:
        return ("add", 0.6)
    if signs.money or (signs.facts and signs.named):
        return ("log", 0.75)
    if signs.reminder_at is not None and (signs.reminder_only or not signs.named):
        return ("remind", 0.7)
    if signs.named and (signs.past or len(text.split()) > 3):
        return ("log", 0.6)
    if signs.kind_at is not None and len(text.split()) > 3 and not _HOUSEHOLD.search(text):
        return ("log", 0.5)
    return ("ignore", 0.6)
