"""What the bot says to questions."""

from __future__ import annotations

from django.conf import settings

from intake.matrix.wording.said import Code, Said, say, showable
from nlquery import rooms
from nlquery.answers import Envelope


def answer(found: Envelope) -> Said:
    """The sentence and a short table, or why there is none and what can be asked or picked."""
    shown = rooms.shown(found, site=settings.SITE_URL)
    return Said(showable(shown.plain), showable(shown.html))


def chart(alt: str) -> Said:
    """What a chart shows, for those who cannot see it."""
    return say(alt)


def refused(message: str) -> Said:
    """To a question that the member may not ask, or not now."""
    return say("Sorry, I did not look. ", message)


def still_looking() -> Said:
    """To a `pick` that came before the answer."""
    return say("I am still looking this up. Pick when the answer is here.")


def pick_from(count: int) -> Said:
    """To a `pick` without a number, or with one that was not offered."""
    if count == 1:
        return say("There is only one here: say ", Code("pick 1"), ".")
    return say("Say which one, from ", Code("pick 1"), " to ", Code(f"pick {count}"), ".")


def nothing_to_pick() -> Said:
    """To a `pick` where nothing was offered."""
    return say("There is nothing to choose from here.")
