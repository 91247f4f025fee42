"""How many communications there were, by whatever group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F

from crm_site.accounts.models import Membership
from crm_site.communications.choices import Kind
from crm_site.communications.querysets import CommunicationQuerySet
from crm_site.investors.models import Investor
from nlquery import slots, windows, wording
from nlquery.answers import ROW_CEILING, Answer, Column, Type
from nlquery.asking import Asking
from nlquery.intents.communications import KIND, NOUNS, TOPIC, happened, happened_but_gone
from nlquery.registry import Example, intent, slot

COUNT = Column("count", "Communications", Type.INT)
NOBODY_ID, NOBODY = None, "(nobody of us)"
FORMER = "(somebody else)"
#: The first day of the period that a day is in.
_PERIODS: dict[str, Callable[[date], date]] = {
    "day": lambda on: on,
    "week": lambda on: on - timedelta(days=on.weekday()),
    "month": lambda on: on.replace(day=1),
}


@intent(
    "activity_count",
    topic=TOPIC,
    answers="How many communications there were in a window of time, per day, week, month, kind, investor or member",
    examples=[
        Example(
            "How many calls per week this quarter?", {"window": "this_quarter", "by": "week", "kind": "call"}
        ),
        Example("Who logged how much last month?", {"window": "last_month", "by": "owner"}),
        Example("Activity by kind this year", {"window": "this_year", "by": "kind"}),
    ],
)
@dataclass(frozen=True, kw_only=True)
class ActivityCount:
    window: windows.Window = slot(slots.Window(), required=True)
    by: str = slot(slots.Choice([*_PERIODS, "kind", "owner", "investor"]), required=True)
    kind: str | None = slot(KIND)

    def answer(self, asking: Asking) -> Answer:
        # Who took part is read row by row, and each join more is felt: the few that are gone are left out instead.
        told = happened_but_gone() if self.by == "owner" else happened()
        found = told.filter(asking.days(self.window).on("occurred_on"))
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.by in _PERIODS:
            return self._by_period(found)
        return self._by_group(found)

    def _by_period(self, found: CommunicationQuerySet) -> Answer:
        """Added up by day in SQL, and the few days by week or month here: SQLite truncates dates in slow Python."""
        days = found.order_by("occurred_on").values_list("occurred_on").annotate(count=Count("pk"))
        periods: Counter[date] = Counter()
        for on, number in days:
            periods[_PERIODS[self.by](on)] += number
        rows = [{self.by: wording.iso(on), "count": periods[on]} for on in sorted(periods)]
        # The latest ones: who asks for ten years by day wants to see how it is going.
        shown, total = rows[-ROW_CEILING:], sum(periods.values())
        more = f"; these are the latest {len(shown):,}" if len(rows) > len(shown) else ""
        spread = f" over {wording.count(len(rows), self.by)}" if rows else ""
        said = wording.sentence(self._counted(total), f"{self.window.words}{spread}{more}")
        columns = [Column(self.by, self.by.capitalize(), Type.DATE), COUNT]
        return Answer(columns, shown, said, len(rows) > len(shown), number="count", time=self.by)

    def _by_group(self, found: CommunicationQuerySet) -> Answer:
        """Grouped by id alone, and the few names looked up afterwards: names as keys would make each group wider."""
        key = {"kind": "kind", "owner": "members", "investor": "investor_id"}[self.by]
        counted = found.order_by().values(key=F(key)).annotate(count=Count("pk"))
        groups = list(counted.order_by("-count", "key")[: ROW_CEILING + 1])
        shown = groups[:ROW_CEILING]
        names = self._names([one["key"] for one in shown])
        rows = [{**self._cell(one["key"], names), "count": one["count"]} for one in shown]
        more = f"; these are the {ROW_CEILING} with the most" if len(groups) > len(shown) else ""
        if self.by == "owner":
            said = self._taken_part(groups, more)
        else:
            # Groups may be left out: then their sum says nothing.
            is_whole = len(groups) == len(shown)
            total = sum(one["count"] for one in groups) if is_whole else found.order_by().count()
            said = wording.sentence(self._counted(total), f"{self.window.words}{more}")
        kind = Type.LINK if self.by == "investor" else Type.TEXT
        columns = [Column(self.by, self.by.capitalize(), kind), COUNT]
        return Answer(columns, rows, said, len(groups) > len(shown), group=self.by, number="count")

    def _taken_part(self, groups: Sequence[Mapping[str, Any]], more: str) -> str:
        """Not how many communications there were: that is another pass over all of them, for a number nobody asked for."""
        times = sum(one["count"] for one in groups if one["key"] is not NOBODY_ID)
        what = f"{NOUNS[self.kind]}s" if self.kind else "communications"
        twice = "; one with two of us counts twice" if times else ""
        said = f"Members took part in {what} {wording.count(times, 'time')}"
        return wording.sentence(said, f"{self.window.words}{twice}{more}")

    def _names(self, keys: Sequence[Any]) -> dict[Any, str]:
        if self.by == "kind":
            return {kind.value: kind.label for kind in Kind}
        if self.by == "investor":
            return dict(Investor.objects.filter(pk__in=keys).values_list("pk", "name"))
        return {
            NOBODY_ID: NOBODY,
            **dict(Membership.objects.filter(user_id__in=keys).values_list("user_id", "user__name")),
        }

    def _cell(self, key: Any, names: Mapping[Any, str]) -> dict[str, Any]:
        name = names.get(key, FORMER)
        return wording.investor_link(key, name) if self.by == "investor" else {self.by: name}

    def _counted(self, total: int) -> str:
        return wording.count(total, NOUNS[self.kind] if self.kind else "communication")
