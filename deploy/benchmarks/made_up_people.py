"""Invented people as several forms know them: with slips of the pen, swapped fields, old addresses, and relatives.

In the manner of Febrl's own data (a person, and up to a few copies with a few mistakes each), for machines without them.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from deploy.benchmarks.made_up_firms import Made
from search.entities.record import Record

# fmt: off
_GIVEN = (
    "ada alan alice amelia anders angela arthur beatrice benjamin bianca bruno caleb carla chloe clara conor daisy damien delia dominic "
    "edith elias ella emma ethan eva felix finn flora gavin georgia grant harriet hector holly hugo imogen isaac ivan jade jasmine joel "
    "judith kara keith kiara laura leon lily logan lucia luke mabel marcus matilda mia naomi nathan nina noah olive oscar paula percy "
    "phoebe quentin rachel reuben rosa ruby samuel selina sienna simon sophie stella talia tessa thomas tobias uma ursula victor violet "
    "wade wendy xavier yasmin zachary zoe"
).split()
_FAMILY = (
    "abbott adler ainsworth allard barker bellamy blythe bowen brennan burrows calloway carmody chisholm clements colby corbett cullen "
    "dalton dempsey doyle drummond easton elwood everett farrow fielding fleming forsyth gallo garland gibbs goodwin griffith hadley "
    "hanlon harcourt hastings hewitt hobson hurley ibsen jarvis jessop kearney kendall kershaw lacey langley larkin leighton lister "
    "lombard maddox marlowe mcbride mercer milburn moffat nash newbury norris oakley osborne paget parry penrose pickering prior quigley "
    "radford ramsey redmond rhodes rowley sadler selwyn shaw sinclair stratton sutton tanner thorne tierney travers upton varley vickers "
    "wakefield walsh webster whitlock winter wyatt yates"
).split()
_STREETS = [f"{name} {kind}" for name in "acacia banksia brook cedar church college dover elm ferry garden hill jetty lake manor mill "
            "north orchard park queens river school station tower union valley wattle willow windsor".split()
            for kind in ("street", "road", "place", "crescent", "avenue")]
_SUBURBS = (
    "ashgrove bayview brighton camden carlton chatswood clifton cooma dandenong eltham fairfield glenroy hampton ivanhoe kew lilydale "
    "malvern mosman newport northcote oakleigh parkdale penrith richmond ryde sandgate sorrento stanmore toorak wantirna"
).split()
# fmt: on
_STATES = ("nsw", "vic", "qld", "wa", "sa", "tas")
_FIELDS = ("given", "family", "street_number", "street", "suburb", "postcode", "state", "born_on")


def make(seed: int, people: int = 500, *, copies: int = 1) -> Made:
    """`people` people, each with `copies` faulty copies, and some of them with a relative at the same address."""
    rng = random.Random(f"people {seed}")
    records: list[Record] = []
    owner: dict[int, int] = {}
    originals = [_person(rng) for _ in range(people)]
    originals += [_relative(rng, one) for one in rng.sample(originals, people // 10)]
    drawn = [(number, one) for number, one in enumerate(originals)]
    drawn += [
        (number, _copy(rng, one)) for number, one in enumerate(originals[:people]) for _ in range(copies)
    ]
    rng.shuffle(drawn)
    for record_id, (number, one) in enumerate(drawn, start=1):
        records.append(replace(one, id=record_id))
        owner[record_id] = number
    return Made(records, owner)


def _person(rng: random.Random) -> Record:
    suburb = rng.choice(_SUBURBS)
    born = f"{rng.randint(1930, 2005)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return Record(
        id=0,
        kind="contact",
        given=rng.choice(_GIVEN),
        family=rng.choice(_FAMILY),
        street_number=str(rng.randint(1, 240)),
        street=rng.choice(_STREETS),
        suburb=suburb,
        postcode=f"{2000 + _SUBURBS.index(suburb) * 37 + rng.randint(0, 3)}",
        state=_STATES[_SUBURBS.index(suburb) % len(_STATES)],
        born_on=born,
    )


def _relative(rng: random.Random, one: Record) -> Record:
    born = f"{rng.randint(1930, 2005)}{one.born_on[4:]}" if rng.random() < 0.2 else _person(rng).born_on
    return replace(one, given=rng.choice(_GIVEN), born_on=born)


def _copy(rng: random.Random, one: Record) -> Record:
    values: dict[str, Any] = {name: str(getattr(one, name)) for name in _FIELDS}
    for _ in range(rng.choice((1, 1, 2, 3))):
        shape = rng.random()
        name = rng.choice(_FIELDS)
        if shape < 0.65:
            values[name] = _slip(rng, values[name])
        elif shape < 0.8:
            values[name] = ""
        elif shape < 0.9:
            values["given"], values["family"] = values["family"], values["given"]
        else:
            values[name] = str(getattr(_person(rng), name))
    return replace(one, **values)


def _slip(rng: random.Random, value: str) -> str:
    if not value:
        return value
    place = rng.randrange(len(value))
    letter = rng.choice("0123456789" if value.isdigit() else "abcdefghiklmnoprstuy")
    kind = rng.randrange(4)
    if kind == 0:
        return value[:place] + value[place + 1 :]
    if kind == 1:
        return value[:place] + letter + value[place + 1 :]
    if kind == 2:
        return value[:place] + letter + value[place:]
    return value[:place] + value[place : place + 2][::-1] + value[place + 2 :]
