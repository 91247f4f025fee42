"""Changes of stage, by what people say for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.parser import known as knowing
from intake.parser import spans

# What a stage is called by, apart from its own key and label. Meaning → phrases; a stage of the organization takes
# the phrases of the meaning that its key or label names.
_SAID: dict[str, str] = {
    "passed": (
        r"(?:decided|chose|chosen|elected|opted) to pass\b(?! (?:along|it\b))|(?:have |has |had |just |'ve |is |are |will |decided to |going to )?pass(?:ed|ing|es)?(?= on (?:this|us|the fund|fund|it|the deal|our|for)\b)|(?:has|have|had|they|he|she|is|are|they've|they're|he's|she's) (?:just )?pass(?:ed|ing)(?! (?:along|the|it|me|on|away|over|through|by)\b)"
        r"|pass(?:ed|es|ing)(?=\s*(?:[.,!;)\-]|$|for now|this time|because|due|citing|after|saying|as\b))|(?:it's|is|are|they're|he's|she's|hard|a|will) a? ?(?:hard |firm |soft )?pass\b|pass(?:ed|ing) on (?:this|us|fund|the fund|the deal|it|our)"
        r"|(?:is|are|they're|he's|she's|they are|now) out\b(?! of (?:office|town|the office))|not (?:a fit|for them|for him|for her|for us|interested|moving forward|proceeding|going to invest|participating|investing)|no longer interested|declin(?:ed|ing|es)|turned (?:us|it) down|said no\b|(?:it's|is|he's|she's|they're|are|was) an? (?:hard |soft |firm )?no\b|dropped out|pulled out|backed out|withdrew|walked away"
        r"|won't be (?:investing|participating|moving|joining|proceeding|coming in)|opted out|bowed out|won't (?:invest|participate|proceed)"
    ),
    "soft_circle": r"soft[- ]?circl(?:ed?|ing)|soft[- ]?commit(?:ted|ment|s)?|verbal(?:ly)? (?:commit(?:ted|ment|s)?|in|yes|agreed|agreement|confirmed)|verbal(?=\s*(?:[.,;!)]|$))|verbal(?:s)? (?:for|of|on|at)|(?:gave|has given|have given|got|is a|are a|given) (?:us |me )?(?:a |their )?verbal|circled (?:for|at)|pencil(?:l)?ed (?:in|us in)",
    "diligence": r"(?:in|into|to|entering|entered|start(?:s|ed|ing)?|beg(?:un|an|inning)|kick(?:ed|ing)? off|doing|under|deep in|through|running|started their|stage is)(?: (?:their|full|formal|final|operational|legal|the|our))* (?:due[- ])?(?:diligence|dd|odd)\b|diligencing|dd (?:started|has started|kicked off|is underway|under way)|(?:due )?diligence (?:started|has started|kicked off|is underway|underway|has begun)",
    "committed": r"commit(?:ted|s)(?! to (?:another|other|a competitor)| elsewhere)|sign(?:ed|s)(?! up| off| in\b| an? nda| the nda| nda| into| our nda| a non)|(?:is|are|they're|he's|she's) (?:fully )?(?:committed|signed)|counter-?signed|executed (?:the )?(?:sub|subscription)|sub(?:scription)? ?docs? (?:are |is |came )?(?:in|signed|executed|back|received)|subscribed|wired|(?:commitment|sub agreement) (?:is )?(?:signed|confirmed|in)|confirmed (?:their|his|her|a|the) (?:\S+ )?commitment",
    "closed": r"(?:has |have |is |are |now |officially |'s )?closed(?! (?:door|at|the (?:door|call|meeting)|for|with|minded|last|out|their|his|her|on (?:their|his|her|a house)|end))|funded(?! by)|money (?:is )?(?:in the bank|in|arrived|landed)|funds (?:have )?(?:arrived|landed|received)|final close",
    "meeting": r"(?:to|into|in) (?:the )?meeting(?= stage|\s*$)",
    "contacted": r"(?:to|into|as|in) (?:the )?contacted",
    "prospect": r"(?:to|into|as) (?:an? |the )?prospect(?:ing)?\b",
}  # fmt: skip
_MODAL = re.compile(
    r"\b(?:would|could|might|may|if|will|'ll|plan(?:s|ning)?|going to|gonna|hop(?:e|es|ing)|expect(?:s|ing|ed)?|wants?|wanted|ready|not|hasn't|haven't"
    r"|hadn't|isn't|aren't|won't|didn't|doesn't|don't|can't|never|yet to|about to|almost|nearly|before|once|until|unless|when|whether|considering|thinking|likely|should|to be"
    r"|probably|possibly|maybe|perhaps|looking to|close to|able to|cannot|without|has to|have to|need(?:s)? to|intend(?:s)?|asked|wonder\w*|no|nobody|try(?:ing)?|didnt|hasnt|havent|wont|isnt|nor)\b",
    re.I,
)
_PENDING = re.compile(
    r"\b(?:coming|expected|to come|to follow|pending|tomorrow|next (?:week|month)|soon|on the way|due)\b",
    re.I,
)
_MOVE = r"\b(?:mov(?:e|ed|ing)|set|mark(?:ed)?|put|bump(?:ed)?|chang(?:e|ed)|updat(?:e|ed)|advanc(?:e|ed|ing)|push(?:ed)?|shift(?:ed)?|stage(?: is| =|:)?|now(?: in| at)?|progress(?:ed|ing)|went|enter(?:ed|ing)|is in|are in)\b[^.!?;\n]{0,60}?\b(?:to|as|in|into|is|:|=)?\s*(?:the )?"


@dataclass(frozen=True, slots=True)
class Stage:
    key: str
    meaning: str
    start: int
    end: int


def find(text: str, stages: Sequence[tuple[str, str]], skip: list[tuple[int, int]]) -> Stage | None:
    """The stage the message says somebody is in now; wishes, denials and questions are none."""
    named = _named(text, stages, skip)
    if named:
        return named
    for meaning, phrase in _ORDERED.items():
        key = key_for(meaning, stages)
        if key is None:
            continue
        for match in phrase.finditer(text):
            if not _skipped(match.start(), skip) and _holds(text, match, meaning):
                return Stage(key, meaning, match.start(), match.end())
    return None


def key_for(said: str, stages: Sequence[tuple[str, str]]) -> str | None:
    """The organization's key for what was said: its key, its label, or a synonym. None when it has no such stage."""
    wanted = knowing.fold(said).replace("_", " ")
    for key, label in stages:
        if wanted in (knowing.fold(key).replace("_", " "), knowing.fold(label)):
            return key
    for meaning, phrase in _ORDERED.items():
        if (
            phrase.fullmatch(said.strip())
            or wanted == meaning.replace("_", " ")
            or wanted in _SHORT.get(meaning, ())
        ):
            return next((key for key, label in stages if _means(meaning, key, label)), None)
    return None


def _means(meaning: str, key: str, label: str) -> bool:
    root = {
        "soft_circle": "soft",
        "passed": "pass",
        "committed": "commit",
        "closed": "close",
        "contacted": "contact",
    }
    wanted = root.get(meaning, meaning)
    said = f"{key} {label}".casefold()
    more = {"passed": ("lost", "declin"), "closed": ("won", "funded"), "soft_circle": ("verbal",)}
    return wanted in said or any(word in said for word in more.get(meaning, ()))


def _named(text: str, stages: Sequence[tuple[str, str]], skip: list[tuple[int, int]]) -> Stage | None:
    """A move to a stage by its own label: "move Cedar Row to Soft circle"."""
    for key, label in sorted(stages, key=lambda s: -len(s[1])):
        own = "|".join(
            {
                re.escape(label),
                re.escape(key),
                re.escape(key.replace("_", " ")),
                re.escape(key.replace("_", "-")),
            }
        )
        match = re.search(rf"{_MOVE}(?P<label>{own})(?! (?:call|docs|with|room))\b", text, re.I)
        if (
            match
            and not _skipped(match.start("label"), skip)
            and not re.search(r"\bnot\b", match.group(), re.I)
        ):
            meaning = next((m for m in _SAID if _means(m, key, label)), key)
            if meaning == "meeting" and not re.search(
                r"\bto\s+(?:the )?meeting\b|stage", match.group(), re.I
            ):
                continue
            return Stage(key, meaning, match.start("label"), match.end("label"))
    return None


def _holds(text: str, match: re.Match[str], meaning: str) -> bool:
    clause = spans.around(text, match.start(), match.end())
    before = text[max(clause.start, match.start() - 60) : match.start()]
    if meaning == "passed":
        return not re.search(
            r"\b(?:not|hasn't|haven't|didn't|won't|if|might|may|could|never|before)\s*(?:\w+\s+)?$",
            before,
            re.I,
        )
    if meaning == "diligence" and re.search(
        r"\b(?:not|isn't|wants? to|might|may|if|would|before)\b", before, re.I
    ):
        return False
    if meaning in ("committed", "closed") and (affirmed(text, match.start(), match.end()) is False):
        return False
    return not text[match.end() : clause.end + 1].rstrip().endswith("?")


def affirmed(text: str, start: int, end: int) -> bool:
    """True unless the clause makes a wish, a condition, a denial or a question of it."""
    clause = spans.around(text, start, end)
    before = text[clause.start : start]
    if _PENDING.search(text, end, min(clause.end, end + 40)):
        return False
    if _MODAL.search(before) or text[end : clause.end + 1].rstrip().endswith("?"):
        return False
    return not re.search(r"^\W*(?:if|once|when|unless|whether)\b", clause.text, re.I)


def _skipped(start: int, skip: list[tuple[int, int]]) -> bool:
    return any(s <= start < e for s, e in skip)


_ORDERED = {meaning: re.compile(rf"(?<![\w-])(?:{phrase})(?!\w)", re.I) for meaning, phrase in _SAID.items()}
_SHORT = {
    "passed": ("pass", "out", "no", "lost", "declined"),
    "soft_circle": ("soft", "verbal", "softcircle", "soft circled"),
    "diligence": ("dd", "due diligence"),
    "committed": ("commit", "signed", "wired"),
    "closed": ("close", "won", "funded"),
    "contacted": ("contact",),
    "meeting": ("met",),
}
