"""Tells what happened with one investor: talks in order, with the moves, reminders and facts that come out of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from crm_site.home.demo import arcs, calendar, names, setting, steps
from crm_site.home.demo.phrases import after, words
from crm_site.home.demo.phrases.beats import Beat
from crm_site.home.demo.setting import Setting
from crm_site.home.demo.shapes import Deal, Memory, Move, Profile, Talk
from crm_site.home.demo.voice import Voice, compose

# Which fund an outcome belongs to, in percent: the closed one first.
_FUNDS = {arcs.OPEN: (0, 68, 32), arcs.WON: (50, 33, 17), arcs.LOST: (33, 45, 22)}
_SHARES = (Decimal("0.5"), Decimal(1), Decimal(1), Decimal(1), Decimal("1.5"))
_ORDER = {key: at for at, key in enumerate(arcs.STAGES)}


@dataclass
class Chapter:
    """One run at one fund: its steps and the days on which they fall."""

    arc: arcs.Arc
    fund: int
    told: list[tuple[date, Beat]]


class Thread:
    """The telling of one investor's story."""

    def __init__(self, here: Setting, rng: random.Random, profile: Profile, referrer: str) -> None:
        self.here, self.rng, self.profile = here, rng, profile
        self.base = self.ticket = setting.ticket(rng, profile.type)
        self.adviser = names.person(rng).split(" ")[0]
        self.hobbies = rng.sample(words.HOBBIES, len(profile.people))
        self.known: set[str] = set()
        objection, answer = rng.choice(words.OBJECTIONS)
        fixed = {
            "firm": _short(profile), "city": profile.place.city, "ref": referrer, "obj": objection, "ans": answer,
            "comp": rng.choice(words.RIVALS), "want": rng.choice(words.WANTS),
            "term": rng.choice(words.TERMS), "fund": here.funds[1].short,
        }  # fmt: skip
        self.voice = Voice(rng, fixed, {"place": profile.place.spots})
        self.voice.lists["amt"] = setting.spoken(self.ticket, here.currency)
        self.writer = profile.owner if profile.owner is not None and profile.owner < setting.OWNER else 0
        self.cast(lead=0, author=self.writer)

    def tell(self, count: int) -> None:
        """Give the profile `count` talks, and what follows from them."""
        if count == 0:
            return
        for chapter in self._chapters(count):
            self._play(chapter)
        self._look_ahead()

    def cast(self, *, lead: int, author: int) -> None:
        """Who speaks: the person at place `lead`, and one of ours."""
        people = self.profile.people
        one, other = people[lead], people[(lead + 1) % len(people)] if len(people) > 1 else None
        mates = [name for at, name in enumerate(setting.WRITERS) if at not in (author, 0)]
        self.voice.update(
            p=one.first, pf=one.name, title=one.title or "Principal", me=setting.WRITERS[author],
            p2=other.first if other else self.adviser,
            mate=self.rng.choice(mates), hobby=self.hobbies[lead],
        )  # fmt: skip

    def _chapters(self, count: int) -> list[Chapter]:
        rng = self.rng
        if count >= 16 and rng.random() < 0.6:
            first = int(count * rng.uniform(0.5, 0.7))
            opening = arcs.choose(rng, first, (arcs.WON, arcs.WON, arcs.LOST))
            again = arcs.choose(rng, count - first, (arcs.OPEN, arcs.OPEN, arcs.WON))
            return [
                self._chapter(opening, 0, first),
                self._chapter(again, rng.choice((1, 1, 2)), count - first, again=True),
            ]
        arc = arcs.choose(rng, count)
        return [self._chapter(arc, rng.choices((0, 1, 2), _FUNDS[arc.end])[0], count)]

    def _chapter(self, arc: arcs.Arc, fund: int, count: int, *, again: bool = False) -> Chapter:
        rng, today = self.rng, self.here.today
        if fund == 0 and arc.end == arcs.WON:
            # A fund that is closed has no commitments that still wait for their papers.
            arc, fund = (arcs.CLOSED, 0) if arcs.can_close(count) else (arc, 1)
        plan = self.here.funds[fund]
        path, later = arcs.beats(rng, arc, count)
        if again and path[0].key in {"research", "intro"}:
            path[0] = after.REUP
        opens = max(plan.opens_on - timedelta(days=20), today - timedelta(days=729))
        closes = min(plan.closes_on, today)
        start = opens + timedelta(days=int(rng.random() * max(1, (closes - opens).days * 0.55)))
        if arc.end == arcs.OPEN:
            ends = today - timedelta(
                days=rng.choices(
                    (rng.randint(0, 21), rng.randint(22, 90), rng.randint(91, 260)), (70, 19, 11)
                )[0]
            )
        else:
            span = max(20, (closes - start).days)
            ends = start + timedelta(days=int(span * rng.uniform(0.45, 1.0)))
        ends = min(max(ends, start), today)
        told = list(zip(calendar.days_between(rng, start, ends, len(path)), path, strict=True))
        told += zip(calendar.days_between(rng, ends, today, len(later)), later, strict=True)
        return Chapter(arc, fund, told)

    def _play(self, chapter: Chapter) -> None:
        rng, plan = self.rng, self.here.funds[chapter.fund]
        self.voice["fund"] = plan.short
        self.ticket = self.base / 2 if plan.is_property else self.base
        self.voice.lists["amt"] = setting.spoken(self.ticket, plan.currency)
        deal: Deal | None = None
        for day, beat in chapter.told:
            # A second chapter may begin while the first still gets its letters: then its talks come in between.
            talk = self._talk(day, beat, chapter.fund if deal or beat.stage else None)
            if beat.stage and deal is None:
                deal = self._open_deal(chapter.fund, talk)
                talk.fund = chapter.fund
            if deal and beat.stage:
                self._move(deal, beat.stage, talk)
        if deal is None and chapter.told and rng.random() < 0.6:
            deal = self._open_deal(chapter.fund, self.profile.talks[-1])

    def _talk(self, day: date, beat: Beat, fund: int | None) -> Talk:
        rng, voice = self.rng, self.voice
        script = rng.choice(beat.scripts)
        people = self.profile.people
        lead = 0 if len(people) == 1 or rng.random() < 0.72 else rng.randrange(len(people))
        author = self.writer if rng.random() < 0.82 else rng.randrange(len(setting.WRITERS))
        self.cast(lead=lead, author=author)
        voice.begin(day.month)
        subject, body = compose(voice, script)
        last = self.profile.talks[-1].at if self.profile.talks else None
        at = calendar.moment(rng, day, self.here.zone, after=last if last and last.date() == day else None)
        mate = setting.WRITERS.index(voice["mate"])
        talk = Talk(
            kind=script.kind, direction=script.direction, at=at, has_time=script.kind == "email" or rng.random() < 0.6,
            subject=subject, body=body, people=self._named(lead, body),
            members=(author, mate) if voice["mate"] in body else (author,), fund=fund, via=self._via(script.kind),
        )  # fmt: skip
        self.profile.talks.append(talk)
        if beat.steps and rng.random() < 0.27:
            talk.step = steps.after_talk(
                self.here, rng, voice, talk, rng.choice(beat.steps), self._keeper(author)
            )
        if beat.facts and rng.random() < 0.3:
            self._remember(talk, steps.memory(rng, voice, beat, lead))
        return talk

    def _remember(self, talk: Talk, memory: Memory) -> None:
        if memory.text not in self.known:
            self.known.add(memory.text)
            talk.memory = memory

    def _named(self, lead: int, body: str) -> tuple[int, ...]:
        people = self.profile.people
        second = (lead + 1) % len(people)
        return (lead, second) if second != lead and people[second].first in body else (lead,)

    def _via(self, kind: str) -> str:
        if kind == "email":
            return "email_intake"
        return "matrix_intake" if self.rng.random() < 0.6 else "web"

    def _keeper(self, author: int) -> int:
        owner = self.profile.owner
        return owner if owner is not None and self.rng.random() < 0.7 else author

    def _open_deal(self, fund: int, talk: Talk) -> Deal:
        deal = Deal(fund=fund, expected=self.ticket if self.rng.random() < 0.9 else None)
        plan = self.here.funds[fund]
        if self.rng.random() < 0.7:
            deal.close_on = max(plan.closes_on - timedelta(days=self.rng.randint(0, 60)), talk.at.date())
        deal.moves.append(Move(talk.at - timedelta(minutes=5), None, "prospect", talk.members[0]))
        self.profile.deals.append(deal)
        return deal

    def _move(self, deal: Deal, stage: str, talk: Talk) -> None:
        if _ORDER.get(stage, 99) <= _ORDER.get(deal.stage, 99):
            return
        deal.moves.append(
            Move(talk.at + timedelta(minutes=2), deal.stage, stage, talk.members[0], talk.subject)
        )
        if stage == "diligence" and self.rng.random() < 0.4:
            deal.probability = self.rng.choice((35, 40, 45, 55, 60))
        if stage == "closed":
            deal.expected = Decimal(0)
        if stage == "committed":
            wished = deal.expected or self.ticket
            deal.committed = (wished * self.rng.choice(_SHARES)).quantize(Decimal(1))
            deal.expected = max(wished - deal.committed, Decimal(0))
            deal.committed_on = talk.at.date()
            deal.probability = None

    def _look_ahead(self) -> None:
        """Open stories get a next step, some a meeting in the calendar, so that there is something to do today."""
        rng, profile = self.rng, self.profile
        if not profile.talks or not _is_alive(profile):
            return
        last = profile.talks[-1]
        if rng.random() < 0.16 and len(profile.talks) > 2:
            self._plan_last(last)
        elif rng.random() < 0.5 and (self.here.today - last.at.date()).days < 120:
            last.step = steps.ahead(self.here, rng, self.voice, last, self._keeper(last.members[0]))

    def _plan_last(self, last: Talk) -> None:
        """Turn the last talk, when it moved nothing, into one that lies ahead."""
        if any(
            abs(move.at - last.at) < timedelta(hours=1) for deal in self.profile.deals for move in deal.moves
        ):
            return
        offset = self.rng.choice((1, 1, 1, 2, 3, 5, 6, 8, 12))
        day = self.here.today + timedelta(days=offset)
        day = day if offset == 1 else calendar.working(day)
        script = self.rng.choice(after.PLANNED.scripts)
        last.kind, last.direction, last.state, last.has_time = script.kind, script.direction, "planned", True
        self.voice.begin(day.month)
        last.subject, last.body = compose(self.voice, script)
        last.at = calendar.moment(self.rng, day, self.here.zone)
        last.step = last.memory = None
        last.via = "web"


def _short(profile: Profile) -> str:
    """What people call the investor in a sentence: the firm without its legal form, a person by the family."""
    if profile.type == "individual":
        return f"the {profile.name.split(' ')[-1]} family"
    words_of = profile.name.split(" ")
    return (
        " ".join(words_of[:-1])
        if words_of[-1].rstrip(".").lower() in _FORMS and len(words_of) > 2
        else profile.name
    )


_FORMS = {"llc", "lp", "inc", "ltd", "llp", "plc", "gmbh", "ag", "b.v", "s.a", "sarl", "sas"}


def _is_alive(profile: Profile) -> bool:
    return any(deal.stage not in {"closed", "passed"} for deal in profile.deals) or not profile.deals


def created(profile: Profile, fallback: datetime) -> datetime:
    """When the record was made: with the first thing that happened."""
    return min((talk.at for talk in profile.talks if talk.state == "happened"), default=fallback) - timedelta(
        minutes=10
    )
