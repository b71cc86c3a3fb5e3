"""The report: one HTML file of aggregates that asks nothing of any network.

``python -m publish.report --db data/warehouse.duckdb --out data/warehouse.report.html``
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import altair
import vl_convert

from publish import charts
from publish.errors import UserError
from publish.figures import STAGES, Figures, open_figures
from publish.page import PAGE, SCRIPT
from publish.summary import verdict
from publish.words import (
    count_text,
    is_known,
    note,
    number_range,
    number_text,
    percent_range,
    percent_text,
    say,
    text,
    time_text,
)

METRICS = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "wins_captured_at_20pct": "wins in the best 20 %",
    "lift_at_10pct": "lift in the best 10 %",
    "log_loss": "log loss (lower is better)",
    "brier": "Brier score (lower is better)",
    "ece": "calibration error (lower is better)",
}


@dataclass(frozen=True)
class Card:
    """One part of the page.

    Attributes
    ----------
    title, lead
        Heading, and what the reader sees below it.
    empty
        The sentence that stands here when there is neither chart nor table.
    charts
        Specifications by caption; None where there is no data.
    table
        Rows of text, the first is the heading; shown if it has more than that.
    wide
        Whether the card takes the whole width.
    """

    title: str
    lead: str
    empty: str
    charts: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    table: list[list[str]] = field(default_factory=list)
    wide: bool = False


def tiles(figures: Figures) -> list[tuple[str, str, str]]:
    """Give the headline figures: name, value and remark."""
    result = []
    if not figures.audit.empty:
        lost = figures.audit["rows_quarantined"].sum()
        read = count_text(figures.audit["rows_read"].sum())
        result.append(("Raw rows", read, f"{count_text(lost)} quarantined"))
    if not figures.sources.empty:
        persons = f"among {count_text(figures.persons)} persons"
        result.append(("Leads", count_text(figures.sources["leads"].sum()), persons))
        result.append(("Closed won", count_text(figures.sources["won"].sum()), "leads, so far"))
    for row in figures.funnel[figures.funnel["stage"] == STAGES[1]].itertuples():
        rate = percent_range(row.conversion_rate_low, row.conversion_rate_high)
        accepted = f"{percent_text(row.conversion_rate)} accepted by sales ({rate})"
        if not is_known(row.conversion_rate):
            accepted = "too young to tell what came of them"
        result.append(("Handed over", count_text(row.entered), accepted))
    hole = figures.black_hole
    for row in hole[hole["dimension"] == "all"].itertuples():
        interval = percent_range(row.black_hole_share_low, row.black_hole_share_high)
        remark = f"{interval}; never followed up"
        result.append(("Black hole", percent_text(row.black_hole_share), remark))
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    for row in bench[bench["scorer"] == "model"].itertuples():
        remark = f"{_difference(row)} against points"
        result.append(("Model's ROC AUC", number_text(row.value), remark))
    if figures.routable is not None:
        by = "model" if "model" in set(figures.scored_by["scored_by"]) else "points"
        result.append(("To call next", count_text(figures.routable), f"routed by {by}"))
    return result


def bench_table(figures: Figures) -> list[list[str]]:
    """Lay out every measurement by scorer, with its interval."""
    bench = figures.comparison
    bench = bench[bench["subset"] == "all"]
    names = [name for name in charts.SCORERS if name in set(bench["scorer"])]
    table = [["", *(charts.SCORERS[name] for name in names), "model less points"]]
    for metric, title in METRICS.items():
        cells = {row.scorer: row for row in bench[bench["metric"] == metric].itertuples()}
        if cells:
            values = [_measured(cells.get(name)) for name in names]
            table.append([title, *values, _difference(cells.get("model"))])
    return table


def _measured(row: Any) -> str:
    if row is None or not is_known(row.value):
        return "-"
    return f"{number_text(row.value)} ({number_range(row.interval_low, row.interval_high)})"


def _difference(row: Any) -> str:
    if row is None or not is_known(row.difference_to_points):
        return "-"
    interval = number_range(row.difference_low, row.difference_high, signed=True)
    return f"{number_text(row.difference_to_points, signed=True)} ({interval})"


def funnel_table(figures: Figures) -> list[list[str]]:
    """Lay out entries and conversion by stage."""
    table = [["", "entered", "gone on", "rate", "95 % interval, %", "judged on"]]
    for row in figures.funnel[figures.funnel["stage"] != STAGES[-1]].itertuples():
        table.append(
            [
                str(row.stage),
                count_text(row.entered),
                count_text(row.advanced),
                percent_text(row.conversion_rate),
                percent_range(row.conversion_rate_low, row.conversion_rate_high),
                count_text(row.mature),
            ]
        )
    return table


def capacity_table(figures: Figures) -> list[list[str]]:
    """Lay out the coming week by team."""
    table = [["team", "reps", "free slots", "candidates", "to call", "cut-off score"]]
    table[0] += ["expected wins", "one more rep brings"]
    for row in figures.capacity.itertuples():
        table.append(
            [
                text(row.team_name),
                count_text(row.reps_active),
                count_text(row.free_slots),
                count_text(row.candidates),
                count_text(row.assigned_leads),
                count_text(row.cutoff_score),
                *(
                    f"{float(str(value)):.1f}" if is_known(value) else "-"
                    for value in (row.expected_wins, row.wins_of_one_more_rep)
                ),
            ]
        )
    return table


def cards(figures: Figures) -> list[Card]:
    """Put the parts of the page together."""
    unbuilt = "There is nothing to show yet: run dbt build."
    unseen = (
        "Whether leads were followed up cannot be seen: sales logs no touches, or no "
        "handoff is old enough."
    )
    quarantine = charts.quarantine_chart(figures)
    is_unaudited = "marts.quarantined_rows" in figures.missing
    scored = " ".join(verdict(figures)).replace("`", "")
    bench = {
        METRICS[metric]: charts.bench_chart(figures, metric)
        for metric in ("roc_auc", "pr_auc", "wins_captured_at_20pct")
    }
    by_points = (
        "expected wins need a model" if "points" in set(figures.scored_by["scored_by"]) else ""
    )
    return [
        Card(
            "The funnel",
            "What became of the passes that entered each stage. The rate counts only those that "
            "entered a label horizon ago or earlier.",
            unbuilt,
            {"": charts.funnel_chart(figures)},
            funnel_table(figures),
        ),
        Card(
            "Which source really closes",
            "Share of leads won within the label horizon, of those whose horizon is over, with "
            "95 % intervals. (null): the CRM names no source.",
            "No lead is old enough to tell which source closes.",
            {"": charts.sources_chart(figures)},
        ),
        Card(
            "Wins by cohort",
            "Closed won by the month in which the pass through the funnel began.",
            "No deal was won yet.",
            {"": charts.cohorts_chart(figures)},
        ),
        Card(
            "Where leads stand now",
            "Leads by the stage they are in.",
            unbuilt,
            {"": charts.stages_chart(figures)},
        ),
        Card(
            "The black hole",
            "Handoffs that nobody touched or judged in time, as a share of those old enough to "
            "tell, with 95 % intervals. By team at most: single reps are not shown.",
            unseen,
            {
                "by team": charts.black_hole_teams_chart(figures),
                "by hour of arrival (UTC)": charts.black_hole_chart(
                    figures, "arrival_hour", "hour"
                ),
                "by month": charts.black_hole_chart(figures, "month", "month of the handoff"),
            },
            wide=True,
        ),
        Card(
            "Points or model",
            f"On the same leads of the latest period, with 95 % intervals. {scored}",
            f"No model has been compared with points yet. {scored}",
            bench,
            bench_table(figures),
            wide=True,
        ),
        Card(
            "Score bands",
            "Open leads before an opportunity, by the band of their score.",
            "No lead is scored.",
            {"": charts.bands_chart(figures)},
        ),
        Card(
            "Rows in quarantine",
            "Raw rows that could not be used, by table and reason. None is lost.",
            unbuilt if is_unaudited else "No raw row is in quarantine.",
            {"": quarantine},
        ),
        Card(
            "Capacity of the coming week",
            "How each team's slots are filled, and the score that the last one went to"
            + (f"; {by_points}." if by_points else "."),
            "There are no teams or reps to plan with.",
            {"": charts.capacity_chart(figures)},
            capacity_table(figures),
            wide=True,
        ),
    ]


def table_html(rows: list[list[str]]) -> str:
    """Write a table, without columns in which nothing is known."""
    known = [
        place for place, cells in enumerate(zip(*rows[1:], strict=True)) if set(cells) != {"-"}
    ]
    head, *body = [[row[place] for place in known] for row in rows]
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in body]
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
        data = json.dumps(spec).replace("<", "\\u003c")
        heading = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        label = escape(f"{card.title} {caption}".strip(), quote=True)
        figures.append(
            f'<figure>{heading}<div class="chart" role="img" aria-label="{label}"></div>'
            f'<script type="application/json">{data}</script></figure>'
        )
    shown = [f'<div class="charts">{"".join(figures)}</div>'] if figures else []
    if has_table:
        shown.append(table_html(card.table))
    beside = " beside" if len(figures) == 1 else ""
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
        prog="python -m publish.report", description="Draw a warehouse as one HTML file."
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
