"""The measure of search itself: what it reads, and that its figures are those of trec_eval."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from deploy.benchmarks import search_quality


def collection(folder: Path, qrels: str) -> Path:
    documents = [{"id": "d1", "title": "One", "text": "first"}, {"_id": 2, "text": "second"}]
    queries = [{"id": "q1", "text": "one"}, {"id": "q2", "text": "never judged"}]
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "qrels.tsv").write_text(qrels)
    return folder


@pytest.mark.parametrize(
    "qrels",
    [
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\t2\t0\n",
        "q1\td1\t2\n",
        "q1 0 d1 2\nq1 0 2 -1\n",
        "q1\t0\td1\t2.0\n\n",
    ],
)
def test_judgements_are_read_with_and_without_heading_and_in_the_form_of_trec(
    qrels: str, tmp_path: Path
) -> None:
    found = search_quality.read(collection(tmp_path, qrels))
    assert found.documents == [("d1", "One", "first"), ("2", "", "second")]
    assert found.queries == [("q1", "one")]
    assert found.grades == {"q1": {"d1": 2}}


@pytest.mark.parametrize("qrels", ["q1\td1\n", "q1\td1\t2\nq1\td1\tmany\n", "q9\td1\t1\n", ""])
def test_what_cannot_be_measured_is_named(qrels: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        search_quality.read(collection(tmp_path, qrels))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"qrels\.tsv"):
        search_quality.read(tmp_path)


def test_figures_are_as_defined() -> None:
    grades = {"a": 2, "b": 1, "c": 1}
    ndcg, recall, reciprocal = search_quality.scores(["x", "a", "y", "b"], grades)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert (recall, reciprocal) == pytest.approx((2 / 3, 0.5))
    assert search_quality.scores(["a", "b", "c"], grades) == (1.0, 1.0, 1.0)
    assert search_quality.scores(["x"] * 10 + ["a"], grades) == pytest.approx((0.0, 1 / 3, 0.0))
    assert search_quality.scores([], grades) == (0.0, 0.0, 0.0)
