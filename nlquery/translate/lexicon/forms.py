"""Word forms, so that a lexicon names each word once.

`talk~` stands for talk, talks, talked, talking; `plan~~` doubles its last letter; `deal+` for deal and deals.
"""

from __future__ import annotations

_HISSING = ("s", "x", "z", "ch", "sh")


def spread(text: str) -> list[str]:
    """The phrases of a comma-separated list, each in all its forms."""
    found: list[str] = []
    for phrase in text.split(","):
        forms = [""]
        for word in phrase.split():
            forms = [f"{start} {form}".strip() for start in forms for form in _forms(word)]
        found += [form for form in forms if form]
    return found


def _forms(word: str) -> list[str]:
    if word.endswith("~~"):
        root = word[:-2]
        return [root, f"{root}s", f"{root}{root[-1]}ed", f"{root}{root[-1]}ing"]
    if word.endswith("~"):
        return _verb(word[:-1])
    if word.endswith("+"):
        return [word[:-1], _many(word[:-1])]
    return [word]


def _verb(root: str) -> list[str]:
    if root.endswith("e"):
        return [root, f"{root}s", f"{root}d", f"{root[:-1]}ing"]
    if root.endswith("y") and root[-2] not in "aeiou":
        return [root, f"{root[:-1]}ies", f"{root[:-1]}ied", f"{root}ing"]
    return [root, _many(root), f"{root}ed", f"{root}ing"]


def _many(root: str) -> str:
    if root.endswith("y") and root[-2] not in "aeiou":
        return f"{root[:-1]}ies"
    return f"{root}es" if root.endswith(_HISSING) else f"{root}s"
