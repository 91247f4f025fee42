"""The words an organization has for things: its stages, funds, people and tags, read in one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import CharField, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from crm_site.accounts.models import Membership
from crm_site.investors.models import Fund, Stage, Tag

#: A firm has few funds, people and stages, but tags come as people type them: more than these are not offered.
MOST_TAGS = 200


@dataclass(frozen=True)
class StageWord:
    """A stage as a page shows it."""

    id: int
    key: str
    label: str
    position: int
    category: str


@dataclass(frozen=True)
class FundWord:
    """A fund as a page shows it."""

    id: int
    name: str
    currency: str


@dataclass
class Vocabulary:
    """stages in their order, funds newest first, people and tags by name; people as (user id, name), tags as (key, name).

    emails: user id → address, in lower case.
    """

    stages: list[StageWord] = field(default_factory=list)
    funds: list[FundWord] = field(default_factory=list)
    people: list[tuple[int, str]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    emails: dict[int, str] = field(default_factory=dict)

    @cached_property
    def stage_by_id(self) -> dict[int, StageWord]:
        return {stage.id: stage for stage in self.stages}

    @cached_property
    def stage_by_key(self) -> dict[str, StageWord]:
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def fund_by_id(self) -> dict[int, FundWord]:
        return {fund.id: fund for fund in self.funds}


def read() -> Vocabulary:
    """The words of the organization in scope."""
    words = Vocabulary()
    for kind, id_, key, name, position, extra in _rows():
        if kind == "s":
            words.stages.append(StageWord(id_, key, name, position, extra))
        elif kind == "f":
            words.funds.append(FundWord(id_, name, extra))
        elif kind == "p":
            words.people.append((id_, name))
            words.emails[id_] = key.lower()
        else:
            words.tags.append((key, name))
    words.stages.sort(key=lambda stage: (stage.position, stage.id))
    words.funds.sort(key=lambda fund: -fund.id)
    words.people.sort(key=lambda person: (person[1].casefold(), person[0]))
    words.tags.sort(key=lambda tag: tag[1].casefold())
    return words


def _rows() -> QuerySet[Stage, tuple[str, int, str, str, int, str]]:
    none, nought = Value("", output_field=CharField()), Value(0, output_field=IntegerField())
    funds, people = Fund.objects.order_by(), Membership.objects.people().order_by()
    tags = Tag.objects.filter(pk__in=Tag.objects.by_name().values("pk")[:MOST_TAGS]).order_by()
    stages = Stage.objects.order_by().values_list(
        _kind("s"), "id", "key", "label", Cast("position", IntegerField()), "category"
    )
    rows: QuerySet[Stage, tuple[str, int, str, str, int, str]] = stages.union(
        funds.values_list(_kind("f"), "id", none, "name", nought, "currency"),
        people.values_list(_kind("p"), "user_id", "user__email", "user__name", nought, none),
        tags.values_list(_kind("t"), "id", "key", "name", nought, none),
        all=True,
    )
    return rows


def _kind(letter: str) -> Value:
    return Value(letter, output_field=CharField())
