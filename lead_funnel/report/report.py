"""The report: one HTML file of aggregates that asks nothing of any network.

``python -m lead_funnel.report.report --db data/warehouse.duckdb --out data/warehouse.report.html``
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import altair
import vl_convert

from lead_funnel.console import note, say
from lead_funnel.errors import UserError
from lead_funnel.report.cards import Card, cards
from lead_funnel.report.figures import open_figures
from lead_funnel.report.page import PAGE, SCRIPT
from lead_funnel.report.tables import tiles
from lead_funnel.words import is_known, time_text

BESIDE_COLUMNS = 8
"""A table of more columns stands below its chart."""
PAIRED_CHARTS = 4


def table_html(rows: list[list[str]]) -> str:
    """Write a table, without columns in which nothing is known; words stand to the left."""
    columns = [cells for cells in zip(*rows, strict=True) if set(cells[1:]) != {"-"}]
    kinds = [
        "" if any(letter.isdigit() for cell in cells[1:] for letter in cell) else ' class="words"'
        for cells in columns
    ]
    head, *body = zip(*columns, strict=True)

    def line(tag: str, row: tuple[str, ...]) -> str:
        return "".join(
            f"<{tag}{kind}>{escape(cell)}</{tag}>" for cell, kind in zip(row, kinds, strict=True)
        )

    cells = line("th", head)
    lines = [line("td", row) for row in body]
    filled = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f'<div class="table"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{filled}</tbody></table></div>"
    )


def card_html(card: Card) -> str:
    """Write one part of the page."""
    drawn = {caption: spec for caption, spec in card.charts.items() if spec is not None}
    has_table = len(card.table) > 1
    parts = [f"<h2>{escape(card.title)}</h2>"]
    parts.append(f"<p>{escape(card.lead if drawn or has_table else card.empty)}</p>")
    figures = []
    for caption, spec in drawn.items():
        # In a script element a tag would end the data, so none may begin.
        data = json.dumps(spec, allow_nan=False).replace("<", "\\u003c")
        heading = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        label = escape(f"{card.title} {caption}".strip(), quote=True)
        figures.append(
            f'<figure>{heading}<div class="chart" role="img" aria-label="{label}"></div>'
            f'<script type="application/json">{data}</script></figure>'
        )
    pairs = " pairs" if len(figures) == PAIRED_CHARTS else ""
    shown = [f'<div class="charts{pairs}">{"".join(figures)}</div>'] if figures else []
    if has_table:
        shown.append(table_html(card.table))
    # A broad table needs the whole width.
    is_broad = has_table and len(card.table[0]) > BESIDE_COLUMNS
    beside = " beside" if len(figures) == 1 and not is_broad else ""
    parts.append(f'<div class="body{beside}">{"".join(shown)}</div>')
    return f'<section class="card{" wide" if card.wide else ""}">{"".join(parts)}</section>'


def render(db: Path) -> str:
    """Write the page.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse; it is only read.

    Returns
    -------
    str
        HTML with everything in it.

    Raises
    ------
    UserError
        If the warehouse cannot be opened.
    """
    figures = open_figures(db)
    heads = [
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><p>{escape(remark)}</p></div>"
        for name, value, remark in tiles(figures)
    ]
    body = [card_html(card) for card in cards(figures)]
    as_of = f"as of {time_text(figures.as_of)} UTC" if is_known(figures.as_of) else "no data yet"
    figures.con.close()
    version = ".".join(altair.SCHEMA_VERSION.split(".")[:2])
    library = vl_convert.javascript_bundle(SCRIPT, version).replace("</script", "<\\/script")
    return (
        PAGE.replace("@as_of@", escape(as_of))
        .replace("@tiles@", "".join(heads))
        .replace("@cards@", "".join(body))
        .replace("@script@", library)
    )


def write_report(db: Path, out: Path) -> None:
    """Write the page to a file, at once and whole.

    Raises
    ------
    UserError
        If the warehouse cannot be opened or the file cannot be written.
    """
    page = render(db)
    aside = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(page, encoding="utf-8")
        aside.replace(out)
    except OSError as error:
        raise UserError(f"{out} was not written: {error.strerror}.") from None
    finally:
        aside.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0, or 2 if there is no report.
    """
    parser = argparse.ArgumentParser(
        prog="python -m lead_funnel.report.report", description="Draw a warehouse as one HTML file."
    )
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the warehouse")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the page")
    options = parser.parse_args(arguments)
    try:
        write_report(options.db, options.out)
    except UserError as error:
        note(f"report: {error}")
        return 2
    say(f"Wrote {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
