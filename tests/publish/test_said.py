"""Counts in sentences of the warehouse have their thousands separated, in each language."""

from __future__ import annotations

import pytest

from lead_funnel.language import written_in
from lead_funnel.report.said import said

UNUSABLE = "12345 rows of crm_leads could not be used, most of them for missing_key."


@pytest.mark.parametrize(
    ("sentence", "english", "german"),
    [
        ("1234 erasure requests found no rows.", "1,234 erasure", "1.234 "),
        (UNUSABLE, "12,345 rows of crm_leads", "12.345 "),
        ("999 erasure requests found no rows.", "999 erasure", "999 "),
    ],
)
def test_thousands_are_separated(sentence: str, english: str, german: str) -> None:
    assert said(sentence) == english + sentence[len(english.replace(",", "")) :]
    with written_in("de"):
        assert said(sentence).startswith(german)


@pytest.mark.parametrize("sentence", ["No model of 2025-06-01 has 12345 rows.", ""])
def test_what_is_not_known_stays(sentence: str) -> None:
    assert said(sentence) == sentence
