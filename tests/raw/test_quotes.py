"""A stray quote swallows no rows: every line that is a record comes out as one."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from lead_funnel.raw.records import STRAY_QUOTE, read_records
from tests.raw.reading import rows


def read(text: str, width: int = 3) -> list[list[str]]:
    return [record.values for record in read_records(text.split("\n"), ",", width)]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ('1,"a, b",c', ["1", "a, b", "c"]),
        ('1,"a ""b""",c', ["1", 'a "b"', "c"]),
        ('1,"a "b" d",c', ["1", 'a "b" d', "c"]),
        ('1,"a "b"",c', ["1", 'a "b"', "c"]),
        (r'1,"5\" screen, big",c', ["1", '5" screen, big', "c"]),
        (r'1,"C:\dir\",c', ["1", "C:\\dir\\", "c"]),
        ('1,5" screen,c', ["1", '5" screen', "c"]),
        ('1,"open,c', ["1", '"open', "c"]),
        ('1, "a, b" ,c', ["1", "a, b", "c"]),
        ('"1","","c"', ["1", "", "c"]),
        ('1,"a",c,', ["1", "a", "c", ""]),
        ('1,"a",c,d', ["1", "a", "c", "d"]),
    ],
)
def test_a_line_gives_its_values(line: str, values: list[str]) -> None:
    assert read(f"0,x,y\n{line}\n2,x,y") == [["0", "x", "y"], values, ["2", "x", "y"]]


def test_a_value_of_several_lines_stays_one() -> None:
    assert read('1,"a\n\nb, c\nd",e\n2,x,y') == [["1", "a\n\nb, c\nd", "e"], ["2", "x", "y"]]


@pytest.mark.parametrize("closing", ['3,"z",y', '3,z",y', '3,"z, z",y'])
def test_what_a_later_quote_would_close_is_not_swallowed(closing: str) -> None:
    found = read(f'1,"open,b\n2,x,y\n{closing}\n4,x,y')
    assert [values[0] for values in found] == ["1", "2", "3", "4"]


def test_line_ends_may_differ_within_a_file() -> None:
    found = read("0,x,y\r1,x,y\n2,x\ry,z")
    assert found == [["0", "x", "y"], ["1", "x", "y"], ["2", "x\ry", "z"]]


def test_a_line_that_cannot_be_cut_is_a_fault() -> None:
    (record,) = read_records(['1,"a, "b, c'], ",", 3)
    assert record.fault == STRAY_QUOTE


SINGLE_QUOTED = {
    "all": """'rep_id','name','team_id'
'1','Smith, Anna','a "b"'
'2','O''Brien, Jo','x'
'3','two
lines, each','x'
""",
    "where needed": """rep_id,name,team_id
1,'Smith, Anna',x
2,O'Brien,x
3,'O''Brien, Jo','x'
""",
    "a mark of its own": """rep_id,name,team_id
1,'90s,x
2,Smith, Anna',x
3,Jo,x
""",
    "nobody knows": """rep_id,name,team_id
1,'Smith, Anna',x
2,'90s,'x
3,"Doe, Jo",x
""",
    "an apostrophe opens a name": """rep_id,name,team_id
1,'t Hooft,x
2,Meier,x
3,'Smith, Anna',x
""",
    "an apostrophe opens a short line": """rep_id,name,team_id
1,'s-Gravenhage BV
2,'Smith, Anna',x
3,Jo,x
""",
    "a line goes on in double quotes": """rep_id,name,team_id
1,"Jo
Meier",x
2,'Smith, Anna',x
3,Jo,x
""",
    "only the header is quoted": """'rep_id','name','team_id'
1,'t Hooft,x
2,Meier,x
3,'Smith, Anna',x
""",
}


@pytest.mark.parametrize(
    ("name", "names", "faults"),
    [
        ("all", ["Smith, Anna", "O'Brien, Jo", "two\nlines, each"], [None] * 3),
        ("where needed", ["Smith, Anna", "O'Brien", "O'Brien, Jo"], [None] * 3),
        ("a mark of its own", ["'90s", "Smith", "Jo"], [None, "x", None]),
        ("nobody knows", ["'Smith", "'90s", "Doe, Jo"], ["x", None, None]),
        ("an apostrophe opens a name", ["'t Hooft", "Meier", "'Smith"], [None, None, "x"]),
        (
            "an apostrophe opens a short line",
            ["'s-Gravenhage BV", "'Smith", "Jo"],
            [None, "x", None],
        ),
        ("a line goes on in double quotes", ["Jo\nMeier", "'Smith", "Jo"], [None, "x", None]),
        ("only the header is quoted", ["'t Hooft", "Meier", "Smith, Anna"], [None] * 3),
    ],
)
def test_single_quotes_hold_values_where_the_whole_file_says_so(
    tmp_path: Path, name: str, names: list[str], faults: list[str | None]
) -> None:
    folder = tmp_path / "crm_reps"
    folder.mkdir()
    (folder / "reps.csv").write_text(SINGLE_QUOTED[name])
    with duckdb.connect() as connection:
        found = rows(connection, tmp_path, "crm_reps", "rep_id", "name", "surplus_value")
    assert found == list(zip("123", names, faults, strict=True))


def test_every_record_of_random_files_comes_out(tmp_path: Path) -> None:
    """Quotes fall anywhere; lines of a key of their own are never fewer than keys come out."""
    chance = random.Random(14)
    words = ["a", "b c", '"', '""', 'x"y', '"z', 'z"', '"q, q"', "\\", '\\"', "", '"m n"']
    folder = tmp_path / "crm_reps"
    folder.mkdir()
    for number in range(60):
        lines = ["rep_id,name,team_id"]
        lines += [
            f"f{number}r{row},{chance.choice(words)},{chance.choice(words)}" for row in range(12)
        ]
        (folder / f"{number}.csv").write_text("\n".join(lines) + "\n")
    with duckdb.connect() as connection:
        found = rows(connection, tmp_path, "crm_reps", "rep_id", "name", "team_id")
    seen = " ".join(str(value) for row in found for value in row)
    assert not [
        f"f{number}r{row}"
        for number in range(60)
        for row in range(12)
        if f"f{number}r{row}" not in seen
    ]
    assert len(found) > 0.97 * 60 * 12


def test_a_letter_of_many_lines_stays_one_value() -> None:
    body = "\n".join(f'Dear customer,\n\nyour ""order"" {number}' for number in range(20_000))
    found = read(f'1,"{body}",c\n2,"x ""y""",d\n3,"open,b\n4,x,y')
    assert [values[0] for values in found] == ["1", "2", "3", "4"]
    assert found[0][1] == body.replace('""', '"')
