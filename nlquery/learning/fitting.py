"""Weights by which lessons come out right. scikit-learn, a development package, finds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlquery.learning import lessons
from nlquery.learning.lessons import Lesson
from nlquery.translate.weighing import Weights

#: A feature must be in more lessons than this to be learned from; each question gives two.
LEAST_OFTEN = 2
#: How freely weights may grow (the inverse of the penalty on their squares); 0.5 to 3 do equally well on authors not seen.
FREEDOM = 1.0
#: Smaller weights change nothing and are left out of the file.
NOTHING = 0.03


def learn(taught: Sequence[Lesson]) -> Weights:
    """Multinomial logistic regression; the same lessons always give the same weights."""
    often = Counter(feature for features, _ in taught for feature in features)
    kept = [dict.fromkeys(sorted(f for f in features if often[f] > LEAST_OFTEN), 1) for features, _ in taught]
    columns = DictVectorizer()
    fitted = LogisticRegression(C=FREEDOM, max_iter=5000).fit(
        columns.fit_transform(kept), [to for _, to in taught]
    )
    by_feature = {
        str(name): {place: float(w) for place, w in enumerate(fitted.coef_[:, at]) if abs(w) >= NOTHING}
        for at, name in enumerate(columns.get_feature_names_out())
    }
    return Weights(
        intents=tuple(str(one) for one in fitted.classes_),
        bias=tuple(float(one) for one in fitted.intercept_),
        by_feature={name: row for name, row in by_feature.items() if row},
        learned_from=lessons.digest(taught),
    )
