"""What to do next, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from intake.parser import dates, spans

_DO = (
    r"(?:send|call|e-?mail|book|schedule|prepare|prep|share|introduce|invite|set up|draft|check|confirm|loop|forward|mail|text|ping|chase|circle|follow"
    r"|review|update|arrange|get|connect|reach out|touch|nudge|revisit|reconnect|deliver|provide|organi[sz]e|finali[sz]e|write|give|meet|return|answer|resend|pull|put together|ask|remind|talk|speak|try|look|thank|sign|ship|hand|fly|visit|drop|see|walk|catch|regroup|sync|re-?engage|get back|come back|pick up|wire|file|upload|collect|request|resched(?:ule)?|close|bring|buy|order|post|print|tell)"
)
_TRIGGERS = [
    # (weight, pattern): what is worth doing starts at group "do", or at the match when there is none.
    (9, re.compile(r"\b(?:please |pls |can you |could you )?(?:remind|rmnd) (?:me|us|him|her|them|the team|[A-Z][a-z]+)\b(?: again)?(?P<when>[^.;!?\n]{0,40}?)(?:\s+(?:to|about|that|of|re)\b|:)\s*(?P<do>)", re.I)),
    (9, re.compile(r"\b(?:set (?:a |up a )?reminder|add (?:a )?reminder|reminder|to-?do|todo|next steps?|action(?: item)?s?|ai|task|follow-?up (?:item|task))\s*(?:for me |for us )?(?:is |are |:|-|to\b|for\b|about\b)+\s*(?:to )?(?P<do>)", re.I)),
    (8, re.compile(r"\b(?:don'?t (?:let me )?forget|make sure|remember|be sure|needs?(?: me| us)?|have|has|must|promised(?: (?:him|her|them))?|agreed|i owe (?:him|her|them)|said (?:i|we)(?:'d| would)|we should|i should|we need|i need|i have|we have|got|gotta|want me|wants me|wants us|asked (?:me|us)|asked that we)(?: to| (?=send|call|get))\s+(?P<do>)" + _DO + r"\b", re.I)),
    (8, re.compile(r"\b(?:f/u|fu|follow[- ]?up|following up|circle back|circling back|check back|check in|touch base|get back|reconnect|revisit|regroup|re-?engage|loop back|try (?:him |her |them )?again|call (?:him |her |them )?back|come back to (?:him|her|them|us)|ping|chase|nudge)\b", re.I)),
    (7, re.compile(r"\b(?:i'll|we'll|i will|we will|will|(?:could|can|would|will) (?:you|we|someone)(?: please)?|let's|lets|should|i am going to|i'm going to|gonna|i owe (?:him|her|them)|we owe (?:him|her|them)|owe (?:him|her|them)|you should|we must|i must|must|gotta|going to)\s+(?:also |then |just )?(?P<do>)" + _DO + r"\b", re.I)),
    (7, re.compile(r"(?:^|[.!?;,:\n]\s{0,4}(?:-\s{0,4})?|\s-+\s|\band\s+|\bthen\s+|\bso\s+|\bplease\s+|\bpls\s+)(?:please |pls |then |also |so |and |now |next |action: ){0,4}(?P<do>)(?<!\w)(?!update on\b|(?:call|note|review) notes)" + _DO + r"\b(?!\s*(?:went|was|with .* went|from|:|-|is|him said))", re.I)),
    (6, re.compile(r"\b(?P<do>)needs?\s+(?!to\b|not\b|more time|time\b)\S", re.I)),
    (6, re.compile(r"\b(?:wants?|asked for|asks for|asking for|requested|expects?|expecting|would like|waiting (?:for|on)|waits for)\s+(?P<do>)(?:to (?:see|get|have|receive|hear|talk|meet|speak|connect|review|reconnect)|us to|me to|a call|an? \w+|the|our|another|more|to)\b", re.I)),
    (6, re.compile(r"\b(?:(?:next |follow-?up |second |intro |zoom |due diligence )?(?:call|meeting|zoom|lunch|coffee|dinner|demo|visit|catch-?up|session|site visit|tour|presentation)|deck|docs?|materials?|docs)\s+(?:is |are |was )?(?:set|scheduled|booked|planned|confirmed|due|on the calendar|arranged|penciled in|pencilled in)(?: up)?\b", re.I)),
    (5, re.compile(r"\b(?:(?:scheduled|booked|set up|arranged|set|has|have|agreed on|planning|plan) (?:a |an |our |the |for a )?(?P<do>)(?:next |follow-?up |second |intro |another |zoom )*(?:call|meeting|zoom|lunch|coffee|dinner|demo|visit|catch-?up|session|site visit|tour|presentation))\b", re.I)),
    (5, re.compile(r"\b(?:wants?|asked|happy|open|keen|available|free|ready|suggested|proposed|prefers?|asks|offered) (?:us |me )?to (?P<do>)(?:talk|speak|meet|reconnect|connect|revisit|catch up|chat|do a call|hear|be called|have a call|see)\b", re.I)),
    (4, re.compile(r"(?:^|[.;!\n]\s{0,4}|\s-\s)(?:i'm |we're |am )?(?P<do>)(?:e-?mailing|calling|sending|texting|following up|seeing|pinging|chasing|speaking|talking|meeting) (?:him|her|them|again|back|with|the|over)\b", re.I | re.M)),
    (4, re.compile(r"(?:^|[.,;\n]\s{0,4}|\s-\s)(?P<do>)(?:the |our |signed )?(?:deck|ppm|lpa|docs?|sub ?docs?|k-?1s?|ddq|nda|model|materials|memo|references|data ?room(?: access)?|intro|answer|numbers|term sheet|side letter)\b(?:\s?[+&,]\s?\w+| and \w+){0,3}(?: (?:to|for) \w+){0,2}(?=\s+(?:by|due|before|next|tomorrow|on|this)\b)", re.I | re.M)),
    (4, re.compile(r"\b(?:(?:next|another|second) (?:call|meeting|touchpoint|step)|back (?:to us|to me|with us)|deadline)\b", re.I)),
]  # fmt: skip
_NEEDS_DATE = frozenset([6, 5, 4])
_END = re.compile(
    r"[.!?](?=\s|$)|[;\n]|\s-{1,3}\s|\)|,\s{0,4}(?=(?:he|she|they|it|thinking|interested|wants|says|said|likes|i|we|maybe|could|would|also|but|no|not|very|great|good|in for|looking|expected|committed|still|who|which|because|since|as|seems|sounds|loves|loved|\$|~|€)\b|\$|€)"
    r"|\s(?:but|because|since|although|while)\s|,\s*(?:then|and (?:then|he|she|they|i|we)\b)|,\s(?=[^,.;]{0,200}$)(?!\s*(?:and|or|then|by|on|before|next|in|at)\b)",
    re.I,
)
_PAST = re.compile(
    r"\b(?:asked|wanted|tried|had|used|failed|managed|forgot|went|able|unable|seems?|about|like|likes|due|closed|how|what|when|where|which|whether|who|if|happy|agreed not|decided not|not|don't|doesn't|didn't|won't|no need|never|he|she|they|they'll|he'll|she'll|prefer(?:s|red)?)\s*$",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:no need to|don't|do not|never|not|without|no|did not|didn't|won't|cannot|can't|if they|if he|if she|they will|they'll|he will|he'll|she will|she'll|who will|have to|has to|had to)\s*(?:to\s*)?$",
    re.I,
)
_LEFTOVER = re.compile(
    r"^(?:that|to|about|of|re|and|then|please|pls|also|,|:|-)\s+|\s+(?:by|on|at|for|before|until|till|in|the|around|and|,|due|sometime|from|or|some ?time)\s*$|[\s,;:.\-!]+$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Reminder:
    """text as to be done, without its date; start and end are those of the clause that says it."""

    text: str
    start: int
    end: int
    due: dates.Mention | None
    commanded: bool

    @property
    def due_on(self) -> date | None:
        return self.due.future if self.due else None


def find(text: str, mentions: Sequence[dates.Mention]) -> list[Reminder]:
    """Things to do in order of how plainly they are said; those with a day first among equals."""
    found: list[tuple[int, Reminder]] = []
    for weight, pattern in _TRIGGERS:
        for match in pattern.finditer(text):
            reminder = _read(text, match, weight, mentions)
            if reminder and not any(reminder.start < r.end and r.start < reminder.end for _, r in found):
                found.append((weight, reminder))
    found.sort(key=lambda f: (f[1].due is None, -(f[0] // 9), f[1].start))
    return [reminder for _, reminder in found]


def _read(text: str, match: re.Match[str], weight: int, mentions: Sequence[dates.Mention]) -> Reminder | None:
    groups = match.groupdict()
    do = match.start("do") if groups.get("do") is not None else match.start()
    start = min(match.start(), do)
    while start < len(text) and text[start] in " .,;:-!?\n":
        start += 1
    if weight < 9 and (
        _NEGATED.search(text, max(0, start - 24), start)
        or (weight != 8 and _PAST.search(text, max(0, start - 24), start))
    ):
        return None
    if (
        weight == 7
        and re.search(
            r"\b(?:to|who|that|he|she|they|it|[A-Z][\w'-]+,?)\s*$", text[max(0, start - 20) : start]
        )
        and not re.match(r"i\b|we\b|let", match.group(), re.I)
    ):
        return None
    end = _end(text, max(do, match.end() if weight != 9 else do), mentions)
    inside = [m for m in mentions if m.future and start <= m.start < end]
    due = inside[0] if inside else _lead_date(text, start, mentions)
    if weight in _NEEDS_DATE and due is None:
        return None
    wording = _wording(text, do, end, inside)
    if weight == 9 and len(wording) < 3:
        return None
    return Reminder(wording, start, end, due, weight == 9) if wording else None


def _end(text: str, start: int, mentions: Sequence[dates.Mention]) -> int:
    """Where the clause stops: at the sentence's end, or at a comma behind which something else begins."""
    at = start
    while match := _END.search(text, at):
        stop = match.start()
        covering = next((m for m in mentions if m.start <= stop < m.end), None)
        if covering:
            at = covering.end
            continue
        if text[stop] == "." and re.search(
            r"\b[A-Za-z]$|\b(?:mr|mrs|dr|inc|st|no)$", text[max(0, stop - 4) : stop], re.I
        ):
            at = stop + 1
            continue
        if text[stop] == "," and (follows := next((m for m in mentions if 0 <= m.start - stop <= 3), None)):
            at = follows.end
            continue
        return stop
    return len(text)


def _lead_date(text: str, start: int, mentions: Sequence[dates.Mention]) -> dates.Mention | None:
    """ "Tomorrow: send the deck", "next week I'll call him": a day said just before."""
    for mention in reversed(mentions):
        if (
            mention.future
            and not mention.past
            and 0 <= start - mention.end <= 8
            and not re.search(r"[.!?\n]", text[mention.end : start])
        ):
            return mention
    return None


def _wording(text: str, start: int, end: int, inside: Sequence[dates.Mention]) -> str:
    parts: list[str] = []
    at = start
    for mention in inside[:1]:
        parts.append(text[at : mention.start])
        at = max(at, mention.end)
    parts.append(text[at:end])
    wording = re.sub(r"\s+", " ", " ".join(p.strip() for p in parts)).strip()
    wording = re.sub(r"\s+([,.])", r"\1", wording)
    for _ in range(4):
        wording = _LEFTOVER.sub("", wording).strip()
    wording = re.sub(r"^(?:f/u|fu)\b", "Follow up", wording, flags=re.I)
    return wording[:1].upper() + wording[1:]


def spans_of(reminders: Sequence[Reminder]) -> list[tuple[int, int]]:
    return [(r.start, r.end) for r in reminders]


def is_whole(text: str, reminder: Reminder) -> bool:
    """Nothing else is said in the message."""
    rest = spans.piece(text, 0, reminder.start).text + spans.piece(text, reminder.end, len(text)).text
    return len(re.sub(r"\W+", "", rest)) < 4
