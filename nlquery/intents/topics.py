"""What was said about a topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crm_site.communications.choices import Kind
from nlquery import passages, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.intents.communications import DATE, INVESTOR, KIND_COLUMN, LIMIT, TOPIC
from nlquery.passages import Found, Passage
from nlquery.registry import Example, intent, slot
from nlquery.windows import Window

#: Found without the index: all of the words stand there, and the newest comes first. The index finds some of them too.
TEXTS = ("texts", "fallback")


@intent(
    "activity_search",
    topic=TOPIC,
    answers="Communications and facts about a topic, with anybody or one investor, the best first",
    examples=[
        Example("Did anyone mention the co-investment rights?", {"text": "co-investment rights"}),
        Example(
            "What did Cedar Row say about fees last month?",
            {"text": "fees", "investor": "Cedar Row", "window": "last_month"},
        ),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ActivitySearch:
    text: str = slot(slots.Text(), required=True)
    investor: str | None = slot(slots.Name("investor"))
    window: Window | None = slot(slots.Window())
    limit: int = slot(LIMIT, default=10)

    def answer(self, asking: Asking) -> Answer:
        investor = asking.investor(self.investor) if self.investor else None
        found = passages.find(
            text=self.text,
            span=asking.days(self.window),
            investor_id=investor.pk if investor else None,
            limit=self.limit,
        )
        rows = [_row(one) for one in found.passages]
        where = f" with {investor.name}" if investor else ""
        when = f" {self.window.words}" if self.window else ""
        columns = [DATE, INVESTOR, Column("text", "What", Type.LINK), KIND_COLUMN]
        said = self._said(found, where + when)
        return Answer(columns, rows, said, found.truncated, time="date")

    def _said(self, found: Found, where: str) -> str:
        facts = sum(one.kind == "fact" for one in found.passages)
        counts = [(len(found.passages) - facts, "communication"), (facts, "fact")]
        parts = [wording.count(number, noun) for number, noun in counts if number]
        subject = f"{wording.listed(parts) if parts else 'Nothing'}{where}"
        is_one = len(found.passages) <= 1
        if found.how == "meaning" and parts:
            some = "has" if found.literal == 1 else "have"
            literal = f"{found.literal} of them {some} words of it" if not is_one else "by meaning and words"
            said = f"{subject} {'comes' if is_one else 'come'} nearest to “{self.text}” ({literal})"
        else:
            verb = (
                ("mentions", "mention")
                if found.how in TEXTS or not parts
                else ("has words of", "have words of")
            )
            said = f"{subject} {verb[0] if is_one else verb[1]} “{self.text}” ({_by_words(found)})"
        order = "latest" if found.how in TEXTS else "best"
        more = f"; these are the {order} {len(found.passages)}" if found.truncated else ""
        return wording.sentence(said + more)


def _by_words(found: Found) -> str:
    said = "found by its words, not by its meaning"
    if found.how == "fallback":
        said += ", because the search index does not answer"
    return f"{said}, in communications since {wording.day(found.since)}" if found.since else said


def _row(one: Passage) -> dict[str, Any]:
    is_fact = one.kind == "fact"
    # A fact has no page of its own; it stands on its investor's.
    view, page = ("investors:detail", one.investor_id) if is_fact else ("communications:detail", one.id)
    return {
        "date": wording.iso(one.on),
        **wording.investor_link(one.investor_id, one.investor),
        "text": one.text,
        "text_url": reverse(view, args=[page]),
        "kind": "Fact" if is_fact else Kind(one.kind).label,
    }
