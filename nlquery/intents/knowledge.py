"""What is remembered, and how complete the data is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crm_site.communications.choices import Kind
from crm_site.communications.models import Fact
from crm_site.core import clock
from nlquery import health, passages, peeking, slots, wording
from nlquery.answers import Answer, Column, Type
from nlquery.asking import Asking
from nlquery.registry import Example, intent, slot

TOPIC = "Knowledge and health"


@intent(
    "fact_lookup",
    topic=TOPIC,
    answers="What is remembered about an investor (on a topic), each with its source and how sure it is",
    examples=[
        Example("What do we know about Cedar Row Partners?", {"investor": "Cedar Row Partners"}),
        Example("What are Blue Heron's objections?", {"investor": "Blue Heron", "topic": "objections"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class FactLookup:
    investor: str = slot(slots.Name("investor"), required=True)
    topic: str | None = slot(slots.Text())

    def answer(self, asking: Asking) -> Answer:
        investor = asking.investor(self.investor)
        found = Fact.objects.of_live_investors().filter(investor=investor)
        if self.topic:
            found = found.filter(passages.standing(passages.words_of(self.topic), ["topic", "text"]))
        peek = peeking.peek(found.newest_first().select_related("communication", "contact", "created_by"))
        columns = [
            Column("fact", "Fact"),
            Column("topic", "Topic"),
            Column("person", "About"),
            Column("confidence", "Confidence", Type.PERCENT),
            Column("source", "Source", Type.LINK),
            Column("noted", "Noted", Type.DATE),
        ]
        about = f" on “{self.topic}”" if self.topic else ""
        verb = "is" if peek.is_one else "are"
        said = wording.sentence(
            f"{peek.count('fact')} about {investor.name}{about} {verb} remembered{peek.more('latest')}"
        )
        return Answer(columns, [_row(one) for one in peek.rows], said, peek.truncated)


@intent(
    "data_health",
    topic=TOPIC,
    answers="How much is in the CRM, how fresh it is, how far the search index lags, and what is missing",
    examples=[Example("How healthy is our data?"), Example("What is missing in the CRM?")],
)
@dataclass(frozen=True, kw_only=True)
class DataHealth:
    def answer(self, asking: Asking) -> Answer:
        lines = health.read()
        rows: list[dict[str, Any]] = [
            {
                "table": line.name,
                "count": line.count,
                "newest": wording.iso(line.newest),
                "missing": ", ".join(f"{number:,} {lack}" for lack, number in line.missing if number),
            }
            for line in lines
        ]
        rows.append({"table": "Search index", "count": None, "newest": None, "missing": health.of_index()})
        columns = [
            Column("table", "What"),
            Column("count", "Rows", Type.INT),
            Column("newest", "Newest", Type.DATETIME),
            Column("missing", "What is missing"),
        ]
        return Answer(columns, rows, _said(lines))


def _row(one: Fact) -> dict[str, Any]:
    source, address = f"Noted by {one.created_by.name}" if one.created_by else "Noted", ""
    if one.communication:
        source = f"{Kind(one.communication.kind).label} on {wording.day(one.communication.occurred_on)}"
        address = reverse("communications:detail", args=[one.communication_id])
    return {
        "fact": one.text,
        "topic": one.topic,
        "person": one.contact.name if one.contact else "",
        "confidence": round(one.confidence * 100),
        "source": source,
        "source_url": address,
        "noted": wording.iso(clock.local(one.created_at).date()),
    }


def _said(lines: list[health.Line]) -> str:
    counts = [wording.count(line.count, line.noun) for line in lines]
    newest = max((line.newest for line in lines if line.newest), default=None)
    fresh = f"; the newest entry was made on {wording.day(clock.local(newest).date())}" if newest else ""
    lacking = sum(1 for line in lines for _, number in line.missing if number)
    gaps = f"; {wording.count(lacking, 'kind of gap')} found" if lacking else "; nothing is missing"
    return wording.sentence(f"{wording.listed(counts)}{fresh}{gaps}")
