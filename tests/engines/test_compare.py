from __future__ import annotations

from engines.compare import compare_rows

NAMES = ["lead_key", "probability"]


def test_order_and_last_digits_do_not_count() -> None:
    found = compare_rows(NAMES, [("a", 0.3), ("b", 1e9)], [("b", 1e9 + 0.5), ("a", 0.1 + 0.2)])
    assert found.count == 0
    assert found.rows == (2, 2)


def test_a_row_too_many_counts_although_it_is_a_copy() -> None:
    found = compare_rows(NAMES, [("a", 0.3)], [("a", 0.3), ("a", 0.3)])
    assert found.count == 1
    assert found.only_second == [("a", 0.3)]


def test_a_double_beyond_the_tolerance_is_named() -> None:
    found = compare_rows(NAMES, [("a", 0.3)], [("a", 0.3000001)])
    assert found.count == 2
    assert found.columns == ["probability: 0.3 / 0.3000001"]


def test_null_is_no_number() -> None:
    assert compare_rows(NAMES, [("a", None)], [("a", 0.0)]).count == 2


def test_nan_equals_itself() -> None:
    assert compare_rows(NAMES, [("a", float("nan"))], [("a", float("nan"))]).count == 0


def test_rows_that_share_all_but_their_doubles_find_their_own_partners() -> None:
    rows = [("a", 0.1), ("a", 0.2), ("a", 0.3)]
    assert compare_rows(NAMES, rows, rows[::-1]).count == 0
