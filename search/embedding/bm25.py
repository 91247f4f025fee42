"""What shapes a sparse vector, beside the stop words: standard values, and part of the index's fingerprint."""

from __future__ import annotations

LANGUAGE = "english"
K, B = 1.2, 0.75
#: How letters are made plain before they are counted; another way is another index.
LETTERS = "plain"
