"""The colours of a chart: the page's own, so that one SVG fits both themes, or plain ones for a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """ink: words. muted: lesser words. line: axes. accent, won, lost, rest: what is drawn. paper: the card, if any."""

    ink: str
    muted: str
    line: str
    accent: str
    won: str
    lost: str
    rest: str
    paper: str
    font: str

    def tone(self, name: str) -> str:
        """The colour of a bar."""
        return {"won": self.won, "lost": self.lost, "rest": self.rest}.get(name, self.accent)


#: For a room: a light card. The last font is one that the drawing library brings itself.
LIGHT = Palette(
    ink="#1b1f1c",
    muted="#646a64",
    line="#d3cfc4",
    accent="#0c6b52",
    won="#1d8a4e",
    lost="#a5564c",
    rest="#8f8b80",
    paper="#ffffff",
    font="Liberation Sans, DejaVu Sans, Roboto, sans-serif",
)
#: For a page: the drawing stands inside it, so custom properties of `tokens.css` reach it and follow the theme at once.
#: What comes after each comma serves where the drawing stands alone.
PAGE = Palette(
    ink=f"var(--ink, {LIGHT.ink})",
    muted=f"var(--ink-3, {LIGHT.muted})",
    line=f"var(--line-strong, {LIGHT.line})",
    accent=f"var(--accent, {LIGHT.accent})",
    won=f"var(--good, {LIGHT.won})",
    lost=f"var(--danger, {LIGHT.lost})",
    rest=f"var(--line-control, {LIGHT.rest})",
    paper="transparent",
    font="inherit",
)
