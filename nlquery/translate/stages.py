"""The organization's stages, by all that people call them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from crm_site.core import naming
from nlquery.translate.lexicon import choices

_ROOTS = {"soft_circle": ("soft", "verbal"), "passed": ("pass", "declin", "lost"), "committed": ("commit",), "closed": ("close", "won", "fund"),
          "contacted": ("contact", "outreach"), "prospect": ("prospect", "lead"), "diligence": ("diligence",), "meeting": ("meeting",)}  # fmt: skip


def phrases(stages: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Phrase → key of the stage. Its own key and label come first, then what others call a stage of that meaning."""
    return _phrases(tuple((key, label) for key, label in stages))


@lru_cache(maxsize=64)
def _phrases(stages: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, label in stages:
        for said in {naming.fold(key.replace("_", " ")), naming.fold(label), key}:
            found.setdefault(said, key)
            found.setdefault(f"{said} stage", key)
            found.setdefault(f"stage {said}", key)
    for phrase, meaning in choices.phrases("stage").items():
        meant = next((key for key, label in stages if _means(meaning, key, label)), None)
        if meant is not None:
            found.setdefault(phrase, meant)
    return found


def _means(meaning: str, key: str, label: str) -> bool:
    said = f"{key} {label}".casefold()
    return key == meaning or any(root in said for root in _ROOTS.get(meaning, ()))
