"""Roles that people hold: "COO", "managing partner", "head of alternatives"."""

from __future__ import annotations

import re

from intake.parser import spans

_LEVEL = r"(?:(?:senior|sr\.?|junior|jr\.?|executive|exec|assistant|associate|deputy|vice|global|group|interim|founding|managing|general|operating|limited|investment|portfolio|principal|lead|chief|co-?)[ -]?)*"
_AREA = r"(?:\s+(?:of|for)\s+(?:the\s+)?(?:[A-Za-z&]+)(?:\s+(?:&|and)\s+[A-Za-z]+|\s+(?:equity|assets|estate|markets|relations|investments|strategy|credit|operations|development|officer|capital|debt|office))?)?"
_TITLE = re.compile(
    r"\b(?:"
    r"C[EFOIT]O(?:\s?/\s?C[A-Z]O)?|COO|CMO|CRO|CCO|GC|EVP|SVP|AVP|VP|MD|PM(?=[,) ]|$)|GP(?=[,)])"
    r"|(?i:ceo|cfo|coo|cio|cto|svp|evp|vp)(?:\s+(?:of|for)\s+[A-Za-z]+(?:\s+(?:relations|estate|equity|investments|markets))?)?"
    r"|(?i:vice\s+president|president|director|head|chief)(?:\s+(?:of|for)\s+(?:the\s+)?[A-Za-z]+(?:\s+(?:&|and)\s+[A-Za-z]+|\s+(?i:equity|assets|estate|markets|relations|investments|strategy|credit|operations|development|office))?)"
    r"|(?i:chief\s+(?:[a-z]+\s+){0,2}officer|chief\s+of\s+staff)"
    r"|(?i:(?:(?:senior|sr\.?|executive|assistant|associate|deputy|global|founding|managing|general|operating|investment|portfolio|regional|finance|wealth|relationship|private|family|fund|co-?|research|risk|tax)[ -]){1,3}(?:partner|director|manager|analyst|officer|advis[oe]r|member|principal|associate|founder|trustee|counsel|banker|vice\s+president|vp|head))"
    r"|(?i:managing\s+director|general\s+counsel|general\s+partner|co-?founder|founder(?:\s*(?:and|&|/)\s*(?:ceo|managing partner|cio))?|chairman|chairwoman|chairperson|vice\s?chair(?:man)?|chair(?=[,)])|treasurer|trustee|principal|controller|comptroller|vice\s+president|president|director|owner|analyst|associate(?=[,) ])|partner(?=[,) .]|$)|secretary(?=[,)])|executive\s+assistant|attorney|lawyer|accountant|advis[oe]r(?=[,)])|consultant(?=[,)])|assistant(?=[,)])|bookkeeper)"
    r")(?![\w-])"
)  # fmt: skip
_AREA_TAIL = re.compile(
    r",\s+(?:Investor Relations|Private Equity|Real Estate|Business Development|Capital Markets|Real Assets|Private Credit|Alternatives|Investments|Finance|Operations)(?!\w)"
)
_FOLLOW = re.compile(
    r"\s+(?:(?:of|for)\s+[A-Za-z]+(?:\s+(?:relations|estate|equity|markets|assets|investments|development))?)",
    re.I,
)
_NOT_A_FIRM = re.compile(
    r"\s+(?:of|for)\s+(?:investments?|alternatives?|private|real|finance|operations|research|strategy|ir|investor|capital|business|marketing"
    r"|sales|legal|risk|tax|credit|equit\w+|infrastructure|staff|manager|portfolio|wealth|family|client|corporate|treasury|fixed)",
    re.I,
)


def find(text: str) -> list[spans.Span]:
    """Titles in order, with what they are head of; not the words of other trades ("partner" in mid-sentence)."""
    found: list[spans.Span] = []
    for match in _TITLE.finditer(text):
        end = match.end()
        if area := _AREA_TAIL.match(text, end):
            end = area.end()
        if _NOT_A_FIRM.match(text, end):
            follow = _FOLLOW.match(text, end)
            end = follow.end() if follow else end
        found.append(spans.Span(match.start(), end, text[match.start() : end]))
    return found
