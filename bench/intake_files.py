"""Files of opportunities as companies have them, generated at random, with what is in them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ("opportunity_id", "created_at", "amount", "lost_reason", "loaded_at")
SPELLINGS = (
    COLUMNS,
    ("Opportunity ID", "Created At", "Amount", "Lost Reason", "Loaded At"),
    ("OPPORTUNITY_ID", "CREATED_AT", "AMOUNT", "LOST_REASON", "LOADED_AT"),
    ("opportunityId", "createdAt", "amount", "lostReason", "loadedAt"),
)
AMOUNTS = (7.0, 12_000.0, 1_234.5, 250.25, 1_234_567.75, 999.0)
REASONS = (
    "price",
    "Zoë said: später",
    'the "best" one, they say',
    "two\nlines, or more",
    "a; b | c\td",
    "5 € – too much",
    "",
)
SIMPLE = ("price", "timing", "no budget", "")
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252")
FAULTS = (
    "none", "none", "none", "none", "titles", "closing", "repeated header", "stray quote",
    "backslash", "nul", "long cell", "short row", "overlong row", "bad amount", "cut",
    "end mark",
)  # fmt: skip
BROKEN = ("no bytes", "cut gzip", "page", "other columns", "no parquet", "half a parquet", "noise")


@dataclass(frozen=True)
class Made:
    """A file, and what is in it.

    Attributes
    ----------
    records : int
        How many rows must be accounted for; none where the file cannot be read.
    amounts, reasons : dict
        The truth by id; reasons only where nothing was done to the text.
    """

    name: str
    kind: str
    records: int | None
    amounts: dict[str, float]
    reasons: dict[str, str]


Rows = list[list[str]]


def make_files(folder: Path, count: int, seed: int) -> list[Made]:
    """Write files of all kinds into a folder."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    return [_make(folder, number, chance) for number in range(count)]


def _make(folder: Path, number: int, chance: random.Random) -> Made:
    way = chance.choices(["csv", "json", "parquet", "xlsx", "broken"], [60, 18, 6, 6, 10])[0]
    if way == "broken":
        return _broken(folder, number, chance)
    fault = chance.choice(FAULTS) if way == "csv" else "none"
    words = SIMPLE if fault not in ("none", "titles", "closing") else REASONS
    ids = [f"f{number}r{row}" for row in range(chance.randint(2, 12))]
    amounts = {one: chance.choice(AMOUNTS) for one in ids}
    reasons = {one: chance.choice(words) for one in ids}
    if way == "parquet":
        name = _parquet(folder, number, chance, amounts, reasons)
    elif way == "json":
        name = _json(folder, number, chance, amounts, reasons)
    elif way == "xlsx":
        name = f"{number}.xlsx"
        header: list[str | float] = [*chance.choice(SPELLINGS)]
        rows: list[list[str | float]] = [
            [one, "2025-03-01 09:00:00", amounts[one], reasons[one], "2025-03-02 00:00:00"]
            for one in ids
        ]
        write_workbook(folder / name, [header, *rows])
    else:
        return _csv(folder, number, chance, amounts, reasons, fault)
    return Made(name, way, len(ids), amounts, {one: text.strip() for one, text in reasons.items()})


def _csv(
    folder: Path,
    number: int,
    chance: random.Random,
    amounts: dict[str, float],
    reasons: dict[str, str],
    fault: str,
) -> Made:
    delimiter = chance.choice(",,;;\t|")
    # Decimal commas between commas, where nothing tells of them, nobody can know.
    style = chance.choice(["plain", "plain", "english", "plain" if delimiter == "," else "german"])
    if delimiter == "," and fault in ("stray quote", "backslash", "short row"):
        # These lines are put together without quotes around a comma.
        style = "plain"
    encoding = chance.choice(ENCODINGS)
    end = chance.choice(["\n", "\n", "\r\n", "\r\n", "\r\r\n"])
    header = [*chance.choice(SPELLINGS)]
    rows = [
        [one, "2025-03-01 09:00:00", written(amount, style), reasons[one], "2025-03-02 00:00:00"]
        for one, amount in amounts.items()
    ]
    records, is_told = len(rows), True
    if fault == "repeated header":
        rows.insert(1, header)
        records += 1
    elif fault == "bad amount":
        rows[0][2] = chance.choice(["soon", "51-200", "n/a", "9e999", "€"])
        is_told = True
    elif fault == "long cell":
        rows[0][3] = "x" * 3_000_000
    text = io.StringIO()
    if chance.random() < 0.5:
        plain = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    else:
        plain = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerows([header, *rows])
    lines = text.getvalue().split("\n")[:-1]
    if fault == "stray quote":
        at = chance.randrange(1, len(lines))
        lines[at] = delimiter.join(
            [rows[at - 1][0], *rows[at - 1][1:3], chance.choice(['"open', 'a "b" c', '"a "b" c"']),
             rows[at - 1][4]]
        )  # fmt: skip
        is_told = False
    elif fault == "backslash":
        lines[1] = delimiter.join([*rows[0][:3], f'"5\\" wide{delimiter} big"', rows[0][4]])
        is_told = False
    elif fault == "short row":
        lines[-1] = delimiter.join(rows[-1][:3])
    elif fault == "overlong row":
        lines[-1] += delimiter + "more"
    elif fault == "nul":
        lines[1] += "\0"
    elif fault == "end mark":
        lines.append("\x1a")
    elif fault == "cut":
        lines[-1] = lines[-1][: len(rows[-1][0]) + 4]
        is_told = False
    if fault == "titles":
        lines = [chance.choice(["sep=" + delimiter, "All deals", "", "Deals as of today"]), *lines]
    elif fault == "closing":
        lines += ["", "Deals by month", "Copyright (c) 2025 tool.example. All rights reserved."]
    data = _encoded(end.join(lines) + end, encoding)
    name = f"{number}.{chance.choice(['csv', 'tsv', 'txt', 'CSV'])}"
    if chance.random() < 0.2:
        name, data = f"{number}.csv.gz", gzip.compress(data)
    (folder / name).write_bytes(data)
    kept = dict(reasons) if is_told and fault in ("none", "titles", "closing") else {}
    return Made(name, f"csv, {fault}", records, amounts, kept)


def written(amount: float, style: str) -> str:
    """Write an amount as people of some country do."""
    if style == "plain":
        return f"{amount:.2f}" if amount % 1 else str(int(amount))
    english = f"{amount:,.2f}" if amount % 1 else f"{int(amount):,}"
    swap = str.maketrans(",.", ".,")
    return english.translate(swap) if style == "german" else english


def _encoded(text: str, encoding: str) -> bytes:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    return (mark + text).encode(encoding, errors="replace")


def _json(
    folder: Path,
    number: int,
    chance: random.Random,
    amounts: dict[str, float],
    reasons: dict[str, str],
) -> str:
    names = chance.choice(SPELLINGS)
    objects = [
        dict(
            zip(
                names,
                [one, "2025-03-01T09:00:00Z", amount, reasons[one], 1740873600000],
                strict=True,
            )
        )
        for one, amount in amounts.items()
    ]
    for one in objects:
        one[names[4]] = "2025-03-02 00:00:00"
    layout = chance.choice(["lines", "lines", "list", "spread", "wrapped", "columns"])
    if layout == "lines":
        text = "\n".join(json.dumps(one, ensure_ascii=chance.random() < 0.5) for one in objects)
    else:
        whole: object = objects
        if layout == "wrapped":
            whole = {"total": len(objects), "results": objects}
        elif layout == "columns":
            rows = range(len(objects))
            whole = {name: {str(row): objects[row][name] for row in rows} for name in names}
        text = json.dumps(whole, indent=2 if layout == "spread" else None)
    data = text.encode(chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
    name = f"{number}.{chance.choice(['ndjson', 'jsonl', 'json', 'JSON', 'csv'])}"
    if chance.random() < 0.2:
        name, data = f"{number}.ndjson.gz", gzip.compress(data)
    (folder / name).write_bytes(data)
    return name


def _parquet(
    folder: Path,
    number: int,
    chance: random.Random,
    amounts: dict[str, float],
    reasons: dict[str, str],
) -> str:
    kind = chance.choice([pa.float64(), pa.decimal128(18, 2), pa.string()])
    table = pa.table(
        [
            pa.array(list(amounts)),
            pa.array(["2025-03-01 09:00:00"] * len(amounts)),
            pa.array([*amounts.values()]).cast(kind),
            pa.array(list(reasons.values())),
            pa.array(["2025-03-02 00:00:00"] * len(amounts)),
        ],
        names=list(chance.choice(SPELLINGS)),
    )
    compression = chance.choice(["snappy", "zstd", "gzip", "brotli", "lz4", "none"])
    pq.write_table(table, folder / f"{number}.parquet", compression=compression)
    return f"{number}.parquet"


def _broken(folder: Path, number: int, chance: random.Random) -> Made:
    fault = chance.choice(BROKEN)
    table = "opportunity_id,created_at\n" + "".join(
        f"f{number}r{row},{chance.random()}\n" for row in range(50)
    )
    name, data = {
        "no bytes": (f"{number}.parquet", b""),
        "cut gzip": (f"{number}.csv.gz", gzip.compress(table.encode())[:120]),
        "page": (f"{number}.csv", b"<!DOCTYPE html><html><body>Log in</body></html>"),
        "other columns": (f"{number}.csv", b"colour;size\nred;4\n"),
        "no parquet": (f"{number}.parquet", table.encode()),
        "half a parquet": (f"{number}.parquet", b"PAR1" + chance.randbytes(300)),
        "noise": (f"{number}.{chance.choice(['csv', 'ndjson', 'xlsx'])}", chance.randbytes(500)),
    }[fault]
    (folder / name).write_bytes(data)
    return Made(name, f"broken, {fault}", None, {}, {})


def write_workbook(file: Path, cells: Sequence[Sequence[str | float]]) -> None:
    """Write an Excel workbook of one sheet."""

    def cell(value: str | float) -> str:
        if isinstance(value, str):
            text = value.replace("&", "&amp;").replace("<", "&lt;")
            return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in cells)
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" '
        'sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(file, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
