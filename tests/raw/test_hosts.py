"""Domains in punycode are written in their letters, and nothing else is touched."""

from __future__ import annotations

import pytest

from lead_funnel.raw.hosts import letters_of_host


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ida@xn--mller-kva.example", "ida@m\u00fcller.example"),
        ("xn--bcher-kva.xn--mller-kva.example", "b\u00fccher.m\u00fcller.example"),
        ("xn--mller-kva@firm.example", "xn--mller-kva@firm.example"),
        ("axn--mller-kva.example", "axn--mller-kva.example"),
        ("firm.xn--p1ai", "firm.\u0440\u0444"),
        # None of these is a word in punycode.
        ("ida@xn--99999999999999999999.example", "ida@xn--99999999999999999999.example"),
        ("ida@xn--.example", "ida@xn--.example"),
        ("plain.example", "plain.example"),
    ],
)
def test_labels_are_written_in_letters(given: str, expected: str) -> None:
    assert letters_of_host(given) == expected
