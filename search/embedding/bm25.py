"""What shapes a sparse vector, beside the stop words: standard values, and part of the index's fingerprint."""

from __future__ import annotations

LANGUAGE = "english"
K, B = 1.2, 0.75
