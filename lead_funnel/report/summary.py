"""A short summary of a warehouse, in plain text."""

import textwrap
from pathlib import Path
from typing import Any

from lead_funnel.report.figures import Figures, open_figures
from lead_funnel.report.money import money_section
from lead_funnel.report.sections import (
    BUILD,
    WIDTH,
    black_hole_section,
    campaigns_section,
    funnel_section,
    goals_section,
    leads_section,
    sources_section,
)
from lead_funnel.report.truth import Truth
from lead_funnel.report.warnings import warnings_section
from lead_funnel.warehouse import published_path
from lead_funnel.words import (
    align,
    count_text,
    is_known,
    number_range,
    number_text,
    shorten,
    text,
    time_text,
)

LEADS_SHOWN = 10
SCORERS = {
    "points": "points",
    "model": "model",
    "boosting": "boosting (ceiling)",
    "reps_rating": "reps' own rating",
}


def rows_section(figures: Figures) -> list[str]:
    """Say what became of the raw rows."""
    audit = figures.audit
    if audit.empty:
        return [f"Rows          no account of the raw rows (marts.audit_raw_rows): {BUILD}."]
    totals = {name: audit[name].sum() for name in audit.columns if name.startswith("rows_")}
    lines = [
        f"Rows          {count_text(totals['rows_read'])} read = "
        f"{count_text(totals['rows_accepted'])} accepted "
        f"+ {count_text(totals['rows_duplicate'])} duplicates "
        f"+ {count_text(totals['rows_quarantined'])} quarantined"
    ]
    if totals["rows_deleted"]:
        lines[0] += f" + {count_text(totals['rows_deleted'])} deleted in the CRM"
    if totals["rows_erased"]:
        lines[0] += f" + {count_text(totals['rows_erased'])} erased on request"
    by_reason = figures.quarantine.groupby("reason")["rows"].sum()
    reasons = [
        f"{text(reason).replace('_', ' ')} {count_text(rows)}"
        for reason, rows in by_reason.sort_values(ascending=False, kind="stable").head(4).items()
    ]
    if reasons:
        lines.append(shorten("              quarantined for " + ", ".join(reasons), WIDTH))
    return lines


def verdict(figures: Figures) -> list[str]:
    """Say what scores, and why."""
    if figures.models.empty:
        is_missing = "marts.model_registry" in figures.missing
        why = "marts.model_registry is missing" if is_missing else "no model was trained yet"
        return [f"Routing is by points: {why}. `lead-ml train` trains one, from 40 wins on."]
    model = next(figures.models.itertuples())
    reason = text(model.gate_reason)
    name = text(model.model_version)
    if model.is_scoring:
        return [
            f"Routing is by model {name}.",
            *_gate(reason),
            *_drift(figures),
            *_forecast(figures),
        ]
    return [
        f"Routing is by points: model {name} "
        + (
            "passed its gates but is not the champion."
            if model.gate_passed
            else "failed its gates."
        ),
        *_gate(reason),
    ]


def _gate(reason: str) -> list[str]:
    return _wrapped(f"Gate: {reason}.")


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, max_lines=3, placeholder=" ...")


def _forecast(figures: Figures) -> list[str]:
    if figures.forecasts.empty:
        return []
    last = figures.forecasts.iloc[-1]
    held = int(figures.forecasts["is_within"].sum())
    line = (
        f"Promised and won: of {count_text(last['worked_handoffs'])} worked handoffs of the week "
        f"of {last['week_date']:%Y-%m-%d}, {last['expected_wins']:.1f} wins were to be expected "
        f"({last['expected_wins_low']:.1f} to {last['expected_wins_high']:.1f}) and "
        f"{count_text(last['wins'])} came; the range held in {held} of "
        f"{len(figures.forecasts)} weeks."
    )
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    for row in plan[plan["expected_wins"].notna()].itertuples():
        line += f" This week: {row.expected_wins:.1f}, if sales works every lead it is given."
    return _wrapped(line)


def _drift(figures: Figures) -> list[str]:
    return [
        line
        for row in figures.verdict.itertuples()
        for line in _wrapped(
            f"Drift: {text(row.verdict)}, {text(row.reason)}; {text(row.consequence)}."
        )
    ]


def model_section(figures: Figures) -> list[str]:
    """Compare points with the model on the same leads."""
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    bench = bench[bench["scorer"].isin(list(SCORERS))]
    table = [["Points or model", "ROC AUC", "95 % interval", "against points", "95 % interval"]]
    for scorer, name in SCORERS.items():
        for row in bench[bench["scorer"] == scorer].itertuples():
            table.append(
                [
                    name,
                    number_text(row.value),
                    number_range(row.interval_low, row.interval_high),
                    number_text(row.difference, signed=True),
                    number_range(row.difference_low, row.difference_high, signed=True),
                ]
            )
    lines = align(table) if len(table) > 1 else ["Points or model"]
    return lines + verdict(figures) + _grid(figures)


def _grid(figures: Figures) -> list[str]:
    """Count the open leads by cell of the grid of fit by behaviour."""
    cells = [f"{row.grid_cell} {count_text(row.rows)}" for row in figures.grid.itertuples()]
    return _wrapped(f"Fit by behaviour: {', '.join(cells)}.") if cells else []


def next_leads_section(figures: Figures) -> list[str]:
    """List whom to call next, without anything that names a person."""
    leads = figures.next_leads(LEADS_SHOWN)
    if leads.empty:
        if figures.routable is None:
            return [f"Next leads    nothing to show (marts.routable_leads): {BUILD}."]
        why = ", ".join(
            f"{count_text(row.rows)} {text(row.reason_code)}"
            for row in figures.unrouted.itertuples()
        )
        return [
            "Next leads    no lead can be handed over now"
            + (f": {why} (marts.lead_assignments)." if why else ".")
        ]
    table = [["Next leads", "owner", "due (UTC)", "score", "band"]]
    reasons = []
    for row in leads.itertuples():
        table.append(
            [
                text(row.crm_lead_id) if is_known(row.crm_lead_id) else "(not in the CRM)",
                text(row.owner_id),
                time_text(row.due_at),
                count_text(row.score),
                text(row.score_band),
            ]
        )
        known = [text(reason) for reason in (row.reason_1, row.reason_2) if is_known(reason)]
        reasons.append("; ".join(known) or "nothing stands out")
    head, *body = align(table, left=(0, 1, 2, 4))
    lines = [shorten(f"{head}  of {count_text(figures.routable)} with an owner", WIDTH)]
    for line, why in zip(body, reasons, strict=True):
        lines += [line, shorten("    " + why, WIDTH)]
    return lines


def files_section(db: Path, report: Path | None) -> list[str]:
    """Give the paths of the report and the published copy."""
    copy = published_path(db)
    page = report or db.with_name(f"{db.stem}.report.html")
    return [
        f"Report        {page}"
        if page.is_file()
        else f"Report        none yet: lead-funnel report --db {db}",
        f"For readers   {copy}"
        if copy.is_file()
        else f"For readers   no copy yet: lead-funnel publish --db {db}",
    ]


def summarize(db: Path, truth: Truth | None = None, report: Path | None = None) -> str:
    """Write the summary of a warehouse.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse; it is only read.
    truth : Truth, optional
        The truth of a simulated company, shown beside.
    report : pathlib.Path, optional
        Path of the report, if not beside the warehouse.

    Returns
    -------
    str
        Less than 100 lines.

    Raises
    ------
    UserError
        If the warehouse cannot be opened.
    """
    figures = open_figures(db)
    sections = [
        rows_section(figures) + leads_section(figures, truth) + money_section(figures),
        warnings_section(figures),
        funnel_section(figures),
        black_hole_section(figures, truth),
        sources_section(figures),
        campaigns_section(figures),
        goals_section(figures),
        model_section(figures),
        next_leads_section(figures),
        files_section(db, report),
    ]
    lines = [f"Lead Funnel   as of {time_text(figures.as_of)} UTC"]
    for section in filter(None, sections):
        lines += ["", *section]
    figures.con.close()
    if figures.missing:
        missing = f"Missing: {', '.join(sorted(figures.missing))}: {BUILD}."
        lines += ["", *textwrap.wrap(missing, WIDTH, subsequent_indent="  ")]
    return "\n".join(lines)


def summary_figures(db: Path) -> dict[str, Any]:
    """Give the figures of the summary for other programs, by table.

    Raises
    ------
    UserError
        If the warehouse cannot be opened.
    """
    figures = open_figures(db)
    try:
        tables = {
            "rows": figures.audit,
            "stages": figures.stages,
            "funnel": figures.funnel,
            "black_hole": figures.black_hole,
            "black_hole_cost": figures.black_hole_cost,
            "sources": figures.sources,
            "campaigns": figures.campaigns,
            "goals": figures.goals,
            "models": figures.models.head(1),
            "verdict": figures.verdict,
            "capacity": figures.capacity,
            "next_leads": figures.next_leads(LEADS_SHOWN),
            "warnings": figures.warnings,
        }
        return {
            "as_of": figures.as_of,
            "leads": figures.persons,
            **{name: table.to_dict("records") for name, table in tables.items()},
            "missing": sorted(figures.missing),
        }
    finally:
        figures.con.close()
