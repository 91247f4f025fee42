"""Writes `nlquery/translate/weights.json` anew. With `--apart`, says first how well each author's questions are understood
by what was learned from the others: the figure to expect of questions that nobody has seen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import django

django.setup()

# The registry of apps must be ready before the intents are imported.
from nlquery.learning import fitting, lessons  # noqa: E402
from nlquery.learning.lessons import Lesson  # noqa: E402
from nlquery.translate import grammar, trying, weighing  # noqa: E402
from nlquery.translate.known import InMemory  # noqa: E402
from nlquery.translate.trying import Score, Trial  # noqa: E402

Say = Callable[[str], object]


def main(arguments: list[str], say: Say) -> None:
    parser = argparse.ArgumentParser(prog="./deploy/learn", description=__doc__)
    parser.add_argument("--apart", action="store_true", help="each author judged by what the others taught")
    asked = parser.parse_args(arguments)
    if asked.apart:
        judge_apart({path.stem: lessons.read(path) for path in lessons.authors()}, say)
    taught = lessons.whole()
    weights = fitting.learn(taught)
    weighing.PATH.write_text(weighing.write(weights), encoding="utf-8")
    say(f"{len(taught) // 2} questions; {len(weights.by_feature)} features in {_shown(weighing.PATH)}")


def judge_apart(by_author: Mapping[str, list[Trial]], say: Say) -> None:
    """Leave one author out at a time."""
    knowns = (lessons.world(), InMemory())
    taught = {name: list(lessons.drawn(trials, knowns)) for name, trials in by_author.items()}
    whole = Score()
    for name, trials in by_author.items():
        others = (lesson for other, drawn in taught.items() if other != name for lesson in drawn)
        score = judged(trials, others)
        whole += score
        say(f"{name:20} {_figures(score)}")
    say(f"{'all':20} {_figures(whole)}")


def judged(trials: list[Trial], taught: Iterable[Lesson]) -> Score:
    """How well one author is understood, with the names on file."""
    weights, known = fitting.learn(list(taught)), lessons.world()
    return trying.run(
        trials,
        lambda text: grammar.read(text, known=known, today=lessons.TODAY, weights=weights),
        lessons.TODAY,
    ).total


def _figures(score: Score) -> str:
    found = score.as_json()
    return (
        f"{found['questions']:4} questions: intent {found['intent_accuracy']}, with slots {found['intent_and_slots_accuracy']};"
        f" {found['must_not_match']:3} others: let be {found['no_match_rate']}"
    )


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    main(sys.argv[1:], print)
