"""How numbers are written in a column of a file, and the SQL that reads them.

`1.200,50` and `1,200.50` are one number in two countries, and `12.000` is twelve or twelve
thousand. A column of a file decides by its own values. Where none of them tells, a file delimited
by commas is read with decimal points; in any other, a number with three digits behind its only mark
is not read at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from lead_funnel.raw.contract import Table

GROUPS = r" '’\x{00A0}\x{202F}"
"""What parts thousands besides point and comma."""
_NUMBER = rf"^([^0-9]*?)([0-9](?:[0-9.,{GROUPS}]*[0-9])?)([.,]?[^0-9]*)$"
_COMMA = r"^(\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|0,\d+|\d{4,},\d{3})$"
_POINT = r"^(\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|0\.\d+|\d{4,}\.\d{3})$"
_EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"


DAMAGED_ID = "[0-9][.,][0-9]+[eE][+][0-9]+"
"""What a spreadsheet makes of a long number: its last digits are lost."""


def damaged_ids(values: Sequence[str]) -> str:
    """Give the aggregate that counts rows with an id that a spreadsheet cut."""
    found = " or ".join(f"regexp_full_match(trim({one}), '{DAMAGED_ID}')" for one in values)
    return f"count_if(coalesce({found or 'false'}, false))"


def number_columns(table: Table, names: Sequence[str]) -> list[str]:
    """Give the columns of a table that hold numbers, of those named."""
    kinds = table.value_kinds
    return [name for name in names if kinds[name] in ("integer", "number")]


def looks(table: Table, name: str, value: str) -> list[str]:
    """Give aggregates that tell how numbers are written: by decimal comma, point, either, grouped.

    In a column of whole numbers the only mark before three digits parts thousands, unless all three
    are zeros.
    """
    digits = _digits(value)
    is_whole = table.value_kinds[name] == "integer"
    comma, point = _matches(digits, _COMMA), _matches(digits, _POINT)
    if is_whole:
        comma += f" or ({_matches(digits, _EITHER)} and {digits} similar to '[0-9]+[.].*[1-9].*')"
        point += f" or ({_matches(digits, _EITHER)} and {digits} similar to '[0-9]+,.*[1-9].*')"
    grouped = _matches(value, _NUMBER) + f" and {_core(value)} != {digits}"
    either = _matches(digits, _EITHER)
    return [f"coalesce(bool_or({one}), false)" for one in (comma, point, either, grouped)]


def style_of(found: Sequence[bool], delimiter: str) -> str:
    """Tell the style of a column from what was found in it; empty where nothing is to be done."""
    comma, point, either, grouped = found
    if comma:
        style = "each" if point else "comma"
    else:
        style = "each" if either and not point and delimiter != "," else ""
    return f"{style} grouped".strip() if grouped else style


def read_number(value: str, style: str) -> str:
    """Give the expression of a number as plain digits with a decimal point.

    One that may be either, in a column that does not tell, gets a question mark: it is then counted
    as unreadable with what it was.
    """
    digits = _digits(value)
    swapped = f"replace(replace({digits}, '.', ''), ',', '.')"
    by_style = {
        "": digits,
        "comma": swapped,
        "each": (
            f"case when {_matches(digits, _EITHER)} then {_core(value)} || '?' "
            f"when {_matches(digits, _COMMA)} then {swapped} else {digits} end"
        ),
    }[style.replace("grouped", "").strip()]
    before, after = (f"regexp_extract({value}, '{_literal(_NUMBER)}', {at})" for at in (1, 3))
    return (
        f"case when {_matches(value, _NUMBER)} then {before} || {by_style} || {after} "
        f"else {value} end"
    )


def _literal(pattern: str) -> str:
    return pattern.replace("'", "''")


def _matches(value: str, pattern: str) -> str:
    return f"regexp_matches({value}, '{_literal(pattern)}')"


def _core(value: str) -> str:
    return f"regexp_extract({value}, '{_literal(_NUMBER)}', 2)"


def _digits(value: str) -> str:
    return f"regexp_replace({_core(value)}, '[{_literal(GROUPS)}]', '', 'g')"
