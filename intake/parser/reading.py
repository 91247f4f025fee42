"""Everything that is found in one text, before it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_site.core import amounts
from intake.parser import addresses, dates, funds, investor, mail, names, people, reminders, spans, titles
from intake.parser import known as knowing

MAX_SUMS = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one text, before it is put together."""

    text: str
    today: date
    known: knowing.Known
    firms: list[names.Name]
    people: list[people.Person]
    mentions: list[dates.Mention]
    amounts: list[amounts.Amount]
    funds: list[tuple[spans.Span, str]]
    reminders: list[reminders.Reminder]
    mail: mail.Mail | None


def read(text: str, anchor: dates.Anchor, known: knowing.Known) -> Reading:
    """All the parts of `text`, which `spans.prepare` made safe."""
    letter = mail.find(text, known)
    ours = letter.ours if letter else []
    emails, links = addresses.find_emails(text), addresses.find_links(text)
    struck = spans.blank(text, [s.at for s in (*emails, *links)])
    phones = addresses.find_phones(struck)
    struck = spans.blank(struck, [p.at for p in phones])
    our_funds = funds.find(struck, known.funds)
    mentions = dates.find(struck, anchor)
    sums = [a for a in amounts.find(struck) if not any(m.start < a.end and a.start < m.end for m in mentions)]
    held = titles.find(struck)
    # A message with more sums than this is a list, not a sentence; the first ones are read.
    sums = sums[:MAX_SUMS]
    mine = [*ours, *((f.start, f.end) for f, _ in our_funds)]
    gone = [
        *mine,
        *((a.start, a.end) for a in sums),
        *((m.start, m.end) for m in mentions),
        *(t.at for t in held),
    ]
    found = names.find(text, spans.blank(struck, gone), known)
    firms, persons = investor.split(text, found, known)
    team = [e for e in emails if not mail.is_ours(e.text, known) and not _inside(e.at, ours)]
    folk = people.build(struck, persons, firms, held, team, phones)
    return Reading(
        text,
        anchor.today,
        known,
        firms,
        folk,
        mentions,
        sums,
        our_funds,
        reminders.find(struck, mentions),
        letter,
    )


def _inside(place: tuple[int, int], spans_: list[tuple[int, int]]) -> bool:
    return any(start <= place[0] < end for start, end in spans_)
