"""What people read instead of keys on a form: slots, choices and windows."""

from __future__ import annotations

from nlquery import windows

_SLOTS = {
    "by": "By",
    "closing": "Closing",
    "days": "Days without contact",
    "field": "What is missing",
    "limit": "At most",
    "max_amount": "Amount up to",
    "min_amount": "Amount from",
    "order": "In order of",
    "text": "About",
    "to_stage": "Moved to",
    "window": "When",
}
_CHOICES = {
    "last_activity": "Last activity",
    "email": "E-mail",
    "next_step": "Next step",
    "created": "Newest",
}


def slot(name: str) -> str:
    """A slot as a label: `min_amount` is “Amount from”."""
    return _SLOTS.get(name) or name.replace("_", " ").capitalize()


def choice(key: str) -> str:
    """A choice as a label: `family_office` is “Family office”."""
    return _CHOICES.get(key) or key.replace("_", " ").capitalize()


def window(text: str) -> str:
    """A window as a label: `last_7_days` is “In the last 7 days”; the text itself when it is none."""
    try:
        words = windows.parse(text).words
    except windows.BadWindow:
        return text
    return words[:1].upper() + words[1:]
