"""What is worth remembering about an investor or a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.parser import spans

_TOPICS: list[tuple[str, float, re.Pattern[str]]] = [
    ("allocation", 0.75, re.compile(r"\b(?:interested in|wants? (?:in|into|to (?:invest|put|commit|allocate|do))|appetite|allocat\w+|ticket|check size|cheque size|thinking(?: of| about)?\s+(?:\$|€|£|\d)|could do|would do|looking (?:at|to (?:put|place|deploy|invest|do))|in for|good for|comfortable with|keen (?:on|to)|would commit|could see|put(?:ting)? in|open to|soft[- ]circl\w+|earmarked|indicat\w+)\b", re.I)),
    ("preference", 0.75, re.compile(r"\b(?:prefers?|preference|only (?:does|do|invests?|looks?|interested)|lik(?:es?|ed)|lov(?:es?|ed)|hates?|dislikes?|does(?:n't| not) (?:like|do|invest|want)|won't (?:do|touch|invest)|avoids?|focus(?:es|ed)? on|mandate|excludes?|no (?:new money|crypto|oil|tobacco|leverage|energy|blind pools?)|favou?rs?|best reached|rather)\b", re.I)),
    ("concern", 0.75, re.compile(r"\b(?:concern(?:s|ed)?|worri(?:ed|es)|hesitant|pushed? ?back|issue with|nervous|sceptical|skeptical|unhappy|objection|fees? (?:are )?too|too (?:high|expensive|big|small|early|late|risky)|doesn't understand|not comfortable|uncomfortable|hung up on|cautious)\b", re.I)),
    ("process", 0.7, re.compile(r"\b(?:investment committee|IC (?:meets|meeting|approval|in|on)|board (?:meets|meeting|approval)|decision[- ]maker|decid(?:es|ing|e) (?:by|in|after|on|next)|approval|signs off|approves|needs? (?:to see|audited|references|the ddq|a track record)|consultant|waiting (?:for|on)|process (?:takes|is))\b", re.I)),
    ("timing", 0.7, re.compile(r"\b(?:not (?:before|until|ready)|no decision|nothing (?:before|until)|after (?:year[- ]end|the holidays|tax season|summer)|next (?:year|quarter)|in q[1-4]|until (?:january|q[1-4]|next)|liquidity (?:event|in)|fully allocated|over-?allocated|budget (?:for|is)|decision (?:in|by|on)|no capital|no liquidity|capital (?:frees|available)|fiscal year|back from)\b", re.I)),
    ("personal", 0.7, re.compile(r"\b(?:his|her|their) (?:wife|husband|son|daughter|kids?|family|dog|mother|father|birthday|wedding|twins?|baby|partner's)\b|\b(?:married|divorced|engaged to|expecting|newborn|graduat\w+|birthday|golf(?:s|er)?|sails?|skis?|marathon|vegetarian|vegan|allergic|retir(?:es|ed|ing)|mov(?:ed|ing) to (?!dd|dilig|soft|commit|clos|pass|meeting|the )|lives in|grew up|alum\w*|on vacation|on leave|maternity|paternity|surgery)\b", re.I)),
    ("background", 0.7, re.compile(r"\b(?:AUM|assets under management|manages? (?:about |around |roughly |over )?[$€£]?\d|runs? (?:about |around |over )?[$€£]\d|sold (?:his|her|their|the) (?:company|business|firm|startup)|exited|made (?:his|her|their) money|family (?:sold|owns|made)|based in|headquartered|years? at|formerly|previously|used to (?:work|run)|ex-\w+|invested (?:in|with)|already (?:in|holds|invested)|portfolio|net worth|sitting on|moved hq|family money|approved|min(?:imum)? (?:check|ticket|cheque|size)|(?:check|ticket) (?:size|usually|is)|lent \S+ to|founded|third[- ]generation|second[- ]generation)\b", re.I)),
    ("request", 0.65, re.compile(r"\b(?:wants? (?:the|a|an|to see|our|us to|more|me to)|asks? (?:for|about)|asked (?:us )?(?:by \w+ )?(?:for|about|to|if|whether|us)|requested|needs? (?:the|our|a|more)|would like (?:the|a|to|our)|curious about|questions? (?:about|on|around))\b", re.I)),
    ("relationship", 0.65, re.compile(r"\b(?:introduced (?:us )?by|referr(?:ed|al)|intro from|knows|friend(?:s)? (?:of|with)|reports to|replac(?:ed|es|ing)|successor|new (?:cio|cfo|ceo|coo|contact|head)|left the firm|took over|former colleague|works (?:with|closely)|point person|gatekeeper)\b", re.I)),
]  # fmt: skip
_MAX_FACTS = 8


@dataclass(frozen=True, slots=True)
class Fact:
    text: str
    topic: str
    confidence: float
    start: int
    end: int


def find(text: str, skip: list[tuple[int, int]], limit: int) -> list[Fact]:
    """One fact at most for each clause, in the writer's words; clauses that are only to be done are none."""
    found: list[Fact] = []
    for sentence in spans.sentences(text):
        if sentence.text.endswith("?"):
            continue
        for clause in spans.clauses(text, sentence):
            if len(found) >= _MAX_FACTS:
                return found
            if any(s <= clause.start and clause.end <= e for s, e in skip) or len(clause.text) < 8:
                continue
            fact = _fact(clause, skip, limit)
            if fact:
                found.append(fact)
    return found


def _fact(clause: spans.Span, skip: list[tuple[int, int]], limit: int) -> Fact | None:
    for topic, confidence, pattern in _TOPICS:
        match = pattern.search(clause.text)
        if match and not any(s <= clause.start + match.start() < e for s, e in skip):
            wording = re.sub(r"\s+", " ", clause.text).strip(" ,.;:-!")
            if 8 <= len(wording) <= limit:
                return Fact(wording[:1].upper() + wording[1:], topic, confidence, clause.start, clause.end)
    return None
