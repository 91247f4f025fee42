"""What a sum of money means: interest, a commitment, or neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crm_site.core import amounts
from intake.parser import spans, stages

_COMMITTED = re.compile(
    r"\b(?:commit(?:ted|s|ment)|signed|signs|wired|wires|funded|subscribed|countersigned|sub ?docs?|closed(?! (?:their|his|her|its|a\b|last|the))|closing on|executed|money (?:is )?in|sent the (?:wire|money)|came in (?:for|at|with)|transferred|final commitment)\b",
    re.I,
)
_WISH = re.compile(r"\b(?:soft|verbal(?:ly)?|indicat\w+|pencil\w*|tentative(?:ly)?|in principle)\b", re.I)
_NOT_OURS = re.compile(
    r"\b(?:aum|under management|under advisement|manag(?:e|es|ing)\b(?! to)|oversee\w*|runs|run about|portfolio(?: of| is|size)?|fund size|book of|balance sheet|raised|raising|raises|raise|target(?:ing|s)?|hard ?cap|cap of|minimums?|min\b|min\.|floor of"
    r"|price[ds]?|asking|listed|purchas\w+|bought|buys?|buying|sold|sells?|selling|sale|exit(?:ed)?|salary|salaries|comp\b|compensation|bonus|package|earns|makes|loan(?:ed|s)?|debt|mortgage|lend\w*|lent|borrow\w*|credit (?:line|facility)|facility|valuation|valued|pre-money|post-money|valu(?:e|es)"
    r"|cost[s]?|fees? of|budget|revenues?|ebitda|arr|sales of|turnover|rent|tax(?:es)?|insurance|premium|net worth|worth|distribut\w+|dividend|payout|noi|house|home|building|acres?|property|apartment|condo|boat|plane|donat\w+|gift|grant\w*|charity|settlement|fine|lawsuit|endowment of|a year|per year|annually|/yr|salary|job|sitting on|in cash|cash\b|liquid|deal size|round|series [a-d]|total(?: raise)?|first close|final close|so far|pipeline|market cap|another (?:fund|manager|firm|gp)|other (?:fund|manager|firm|gp)s?|competitor|elsewhere|existing|already in|already has|currently (?:has|holds)|average|typical(?:ly)? writes|lost|redeem\w*|redemption|family of)\b",
    re.I,
)
_INTEREST = re.compile(
    r"\b(?:think(?:s|ing)?|consider\w*|interest(?:ed)?|could do|can do|would do|might do|do (?:about|around|up to)|do\b|put(?:ting)?|in for|range|indicat\w+|wants?|allocat\w+|ticket|che(?:ck|que)|circl\w+|maybe|likely|up to|invest\w*|commit\w*|earmark\w*|pencil\w*|good for|appetite|siz(?:e|ing)|place|come in|contribut\w+|participat\w+|take|anchor|look(?:s|ing) (?:at|to|like)|talking|ballpark|somewhere|probably|hoping|comfortable|verbal\w*|expect\w*|plan\w*|upped|increas\w+|rais\w+ (?:it|his|her|their)|down|slot|reserve\w*|subscri\w+|re-?up)\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:commit\w*|put|allocat\w*|invest\w*|wir\w+|plac\w+|gave|went|pledg\w+|subscrib\w+)\b[^.;\n]{0,30}$",
    re.I,
)
_TO_WHOM = re.compile(
    r"^\s*(?:\w+\s){0,2}?(?:to|into|in|with|for|at)\s+(?:the\s+)?(?P<who>[A-Z][\w&'.-]*(?:\s+[A-Z][\w&'.-]*)*|(?:a|an|another|some|other)\s+(?:\w+\s){0,3}(?:fund|manager|firm|gp|deal|competitor|startup|company)s?\b)"
)
_CHANGED = re.compile(
    r"\b(?:upp?(?:ed|ing)|increas\w+|rais\w+|mov\w+|bump\w+|chang\w+|went|cut|lower\w+|reduc\w+|down|dropp\w+|revis\w+|instead|scal\w+|doubl\w+)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """expected and committed, each with the sum it was read from and how sure."""

    expected: amounts.Amount | None = None
    committed: amounts.Amount | None = None
    sure: float = 0.0


def read(
    text: str,
    found: Sequence[amounts.Amount],
    ours: Sequence[str],
    skip: list[tuple[int, int]],
    *,
    paid: bool = False,
) -> Meaning:
    """The interest and the commitment among the sums of a message.

    ours: names of our funds as they stand in the text; money that goes to another name is not ours.
    paid: the message says that they committed; a sum that is no wish is then the commitment.
    """
    expected: list[tuple[float, amounts.Amount]] = []
    committed: list[amounts.Amount] = []
    for amount in _last_of_a_change(text, found):
        clause = spans.around(text, amount.start, amount.end)
        if _to_others(text, amount, clause, ours):
            continue
        if _is_committed(text, amount, clause):
            committed.append(amount)
        elif (score := _interest(text, amount, clause)) > 0:
            inside = any(s <= amount.start < e for s, e in skip)
            expected.append((score - (0.3 if inside else 0), amount))
    if paid and not committed and expected and max(score for score, _ in expected) < 0.8:
        return Meaning(None, expected[0][1], 0.8)
    best = max(expected, key=lambda e: e[0], default=None)
    sure = best[0] if best else 0.9 if committed else 0.0
    return Meaning(best[1] if best else None, committed[0] if committed else None, sure)


def elsewhere(text: str, found: Sequence[amounts.Amount], ours: Sequence[str]) -> list[tuple[int, int]]:
    """The clauses that tell of money given to somebody else."""
    clauses = [(amount, spans.around(text, amount.start, amount.end)) for amount in found]
    return [clause.at for amount, clause in clauses if _to_others(text, amount, clause, ours)]


def _last_of_a_change(text: str, found: Sequence[amounts.Amount]) -> list[amounts.Amount]:
    """ "upped from 1m to 2m": only the new one; "not 2m but 3m" likewise."""
    kept: list[amounts.Amount] = []
    for i, amount in enumerate(found):
        after = found[i + 1] if i + 1 < len(found) else None
        before = text[max(0, amount.start - 45) : amount.start]
        if after is not None:
            between = text[amount.end : after.start]
            if _CHANGED.search(before) and re.fullmatch(
                r"\s*(?:\w+\s){0,2}(?:to|->|→)\s*(?:about |around )?", between
            ):
                continue
            if re.search(r"\bnot\s+(?:the\s+)?$", before) and re.search(r"\bbut\b|,", between):
                continue
        if (
            re.search(
                r"\b(?:from|instead of|rather than|was|down from|up from|versus|vs\.?|not)\s+(?:the\s+|an?\s+)?$",
                before,
                re.I,
            )
            and len(found) > 1
        ):
            continue
        if (
            _CHANGED.search(before)
            and amount.low != amount.high
            and re.search(r"\bfrom\b", text[amount.start - 6 : amount.end], re.I)
        ):
            amount = _second_half(text, amount)
        kept.append(amount)
    return kept


def _second_half(text: str, amount: amounts.Amount) -> amounts.Amount:
    """ "upped from 1m to 2m" was read as a range: it is its end."""
    tail = re.split(r"\bto\s+", text[amount.start : amount.end])[-1]
    value = amounts.parse(tail)
    if value is None:
        return amount
    return amounts.Amount(amount.end - len(tail), amount.end, value, value)


def _to_others(text: str, amount: amounts.Amount, clause: spans.Span, ours: Sequence[str]) -> bool:
    before, after = text[clause.start : amount.start], text[amount.end : amount.end + 60]
    whom = _TO_WHOM.match(after)
    if whom and _ELSEWHERE.search(before):
        who = whom["who"]
        if any(o.casefold().startswith(who.casefold()) or who.casefold() in o.casefold() for o in ours):
            return False
        if re.match(r"(?:Fund\b|FUND|SPV|LP|Q[1-4]|USD|EUR|I\b|We\b|US\b)", who):
            return False
        return not re.search(r"\bFund [IVX\d]+", who)
    to_name = re.search(
        r"\b(?:invested|put|committed|went|money|allocated) (?:in|into|to|with)\s+([A-Z][\w&'-]+(?:\s[A-Z][\w&'-]+)*)[^.;]{0,15}$",
        before,
    )
    return bool(
        to_name
        and not any(to_name[1].casefold() in o.casefold() for o in ours)
        and not to_name[1].startswith(("Fund", "SPV"))
    )


def _is_committed(text: str, amount: amounts.Amount, clause: spans.Span) -> bool:
    for match in _COMMITTED.finditer(text, max(0, clause.start - 1), clause.end):
        gap = (
            text[match.end() : amount.start]
            if match.end() <= amount.start
            else text[amount.end : match.start()]
        )
        if len(gap) > 45 or _WISH.search(text, clause.start, clause.end):
            continue
        if (
            match.start() > amount.end
            and re.match(r"commitment$", match.group(), re.I)
            and not re.search(r"\bsign\w*|confirm\w*|received|got\b", clause.text, re.I)
        ):
            continue
        if (
            match.end() <= amount.start
            and re.match(r"commitment$", match.group(), re.I)
            and re.search(
                r"\b(?:wants?|discuss\w*|consider\w*|looking|possible|potential|propos\w+)\b",
                clause.text,
                re.I,
            )
        ):
            continue
        if not stages.affirmed(text, match.start(), match.end()):
            continue
        if match.start() > amount.end and re.search(
            r"\b(?:would|could|might|may|if|will|wants?|not|considering|thinking|plans?|hop\w+)\b",
            text[clause.start : amount.start],
            re.I,
        ):
            continue
        return not _NOT_OURS.search(text, clause.start, amount.start)
    return False


def _interest(text: str, amount: amounts.Amount, clause: spans.Span) -> float:
    """0: not meant for us; else how sure."""
    before, after = text[clause.start : amount.start], text[amount.end : clause.end]
    against = [m for m in _NOT_OURS.finditer(before)][-1:]
    behind = _NOT_OURS.search(after[:32])
    wished = _INTEREST.search(before)
    if re.match(
        r"\s*(?:\w+\s)?(?:minimum|min\b|target(?! (?:allocation|ticket|che|commit|size))|raise|round|fund\b(?! (?:[ivx]+|\d)\b)|facility|loan|mortgage|portfolio|valuation|aum|salary|house|family|exit|deal\b|company|business|building|property|cap\b|in aum|cash|in cash)",
        after,
        re.I,
    ):
        return 0.0
    if against:
        last_wish = [m for m in _INTEREST.finditer(before)][-1:]
        if (
            not last_wish
            or last_wish[0].start() < against[0].start()
            or against[0].group().casefold() in ("minimum", "min")
        ):
            return 0.0
    if behind and not re.match(r"total\b", behind.group(), re.I) and not wished:
        return 0.0
    if re.search(
        r"\b(?:won't|will not|can't|cannot|doesn't|not|no longer|never)\s+(?:\w+\s){0,3}$", before, re.I
    ) and not re.search(r"\bmore than\s*$|\bif not\s*$|\bnot (?:sure|only|yet)\b", before, re.I):
        return 0.0
    return 0.9 if wished or _INTEREST.search(after[:40]) else 0.65
