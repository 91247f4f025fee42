"""What the bot says when something takes long or does not work."""

from __future__ import annotations

from crm_site.core import text
from intake.matrix.wording.said import Code, Said, say


def encrypted() -> Said:
    """Into a room whose messages the bot cannot read."""
    return say(
        "This room is encrypted, and I cannot read what is said here. Encryption cannot be switched off again, so either "
        "make a new room without it (",
        Code("manage.py matrix_bot --setup"),
        " does), or set ",
        Code("MATRIX_E2EE=1"),
        " and restart me.",
    )


def unread() -> Said:
    """Into an encrypted room in which a message's key never came."""
    return say("I could not read a message here: its key has not reached me. Please send it again.")


def still_working() -> Said:
    """Into the thread of a message that is being read for long."""
    return say("Still working on it…")


def failed(why: str) -> Said:
    """Into the thread of an event that could not be worked off."""
    return say(
        "Something went wrong on my side and I gave up on this: ",
        text.shorten(why, 200),
        ". An admin finds it on the System page; saying it again may help.",
    )
