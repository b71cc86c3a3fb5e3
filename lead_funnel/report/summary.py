"""A short summary of a warehouse, in plain text."""

import textwrap
from pathlib import Path
from typing import Any

from lead_funnel.language import ENGLISH, N_, _, local_date, written_in
from lead_funnel.report import wording
from lead_funnel.report.figures import Figures, open_figures
from lead_funnel.report.money import money_section
from lead_funnel.report.said import said_each
from lead_funnel.report.sections import (
    BUILD,
    WIDTH,
    black_hole_section,
    funnel_section,
    leads_section,
    nothing,
    wrapped,
)
from lead_funnel.report.spending_sections import (
    campaigns_section,
    goals_section,
    sources_section,
)
from lead_funnel.report.truth import Truth
from lead_funnel.report.warnings import warnings_section
from lead_funnel.warehouse import published_path
from lead_funnel.words import (
    align,
    count_text,
    days_text,
    headed,
    is_known,
    number_range,
    number_text,
    shorten,
    text,
    time_text,
)

LEADS_SHOWN = 10
SCORERS = {
    "points": N_("points"),
    "model": N_("model"),
    "boosting": N_("boosting (ceiling)"),
    "reps_rating": N_("reps' own rating"),
}


def rows_section(figures: Figures) -> list[str]:
    """Say what became of the raw rows."""
    audit = figures.audit
    if audit.empty:
        words = _("no account of the raw rows (marts.audit_raw_rows): {build}.")
        return [headed(_("Rows"), words.format(build=_(BUILD)))]
    totals = {name: audit[name].sum() for name in audit.columns if name.startswith("rows_")}
    lines = [
        headed(
            _("Rows"),
            _(
                "{read} read = {accepted} accepted + {duplicates} duplicates + {quarantined} "
                "quarantined"
            ).format(
                read=count_text(totals["rows_read"]),
                accepted=count_text(totals["rows_accepted"]),
                duplicates=count_text(totals["rows_duplicate"]),
                quarantined=count_text(totals["rows_quarantined"]),
            ),
        )
    ]
    if totals["rows_deleted"]:
        words = _("{count} deleted in the CRM")
        lines[0] += " + " + words.format(count=count_text(totals["rows_deleted"]))
    if totals["rows_erased"]:
        words = _("{count} erased on request")
        lines[0] += " + " + words.format(count=count_text(totals["rows_erased"]))
    lines = wrapped(lines[0])
    by_reason = figures.quarantine.groupby("reason")["rows"].sum()
    reasons = [
        f"{wording.reason(reason)} {count_text(rows)}"
        for reason, rows in by_reason.sort_values(ascending=False, kind="stable").head(4).items()
    ]
    if reasons:
        words = _("quarantined for {reasons}").format(reasons=", ".join(reasons))
        lines.append(shorten(headed("", words), WIDTH))
    return lines


def verdict(figures: Figures) -> list[str]:
    """Say what scores, and why."""
    if figures.models.empty:
        is_missing = "marts.model_registry" in figures.missing
        why = _("no model was trained yet")
        if is_missing:
            why = _("marts.model_registry is missing")
        words = _("Routing is by points: {why}. `lead-ml train` trains one, from 40 wins on.")
        return [words.format(why=why)]
    model = next(figures.models.itertuples())
    reason = text(model.gate_reason)
    name = text(model.model_version)
    if model.is_scoring:
        return [
            _("Routing is by model {name}.").format(name=name),
            *_gate(reason),
            *_drift(figures),
            *_forecast(figures),
        ]
    words = _("Routing is by points: model {name} failed its gates.")
    if model.gate_passed:
        words = _("Routing is by points: model {name} passed its gates but is not the champion.")
    return [words.format(name=name), *_gate(reason)]


def _gate(reason: str) -> list[str]:
    return _wrapped(_("Gate: {reason}.").format(reason=said_each(reason)))


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, max_lines=3, placeholder=" ...")


def _forecast(figures: Figures) -> list[str]:
    if figures.forecasts.empty:
        return []
    last = figures.forecasts.iloc[-1]
    held = int(figures.forecasts["is_within"].sum())
    line = _(
        "Promised and won: of {worked} worked handoffs of the week of {week}, {expected} wins were "
        "to be expected ({low} to {high}) and {came} came; the range held in {held} of {all} weeks."
    ).format(
        worked=count_text(last["worked_handoffs"]),
        week=local_date(f"{last['week_date']:%Y-%m-%d}"),
        expected=days_text(last["expected_wins"]),
        low=days_text(last["expected_wins_low"]),
        high=days_text(last["expected_wins_high"]),
        came=count_text(last["wins"]),
        held=held,
        all=len(figures.forecasts),
    )
    lines = _wrapped(line)
    plan = figures.capacity[figures.capacity["team_id"] == "all"]
    for row in plan[plan["expected_wins"].notna()].itertuples():
        words = _("This week: {wins} ({low} to {high}), if sales works every lead it is given.")
        lines += _wrapped(
            words.format(
                wins=days_text(row.expected_wins),
                low=days_text(row.expected_wins_low),
                high=days_text(row.expected_wins_high),
            )
        )
    return lines + _wrapped(_("The ranges allow for chance, and for what earlier weeks missed."))


def _drift(figures: Figures) -> list[str]:
    return [
        line
        for row in figures.verdict.itertuples()
        for line in _wrapped(
            _("Drift: {verdict}, {reason}; {consequence}.").format(
                verdict=text(row.verdict),
                reason=text(row.reason),
                consequence=text(row.consequence),
            )
        )
    ]


def model_section(figures: Figures) -> list[str]:
    """Compare points with the model on the same leads."""
    bench = figures.comparison
    bench = bench[(bench["subset"] == "all") & (bench["metric"] == "roc_auc")]
    bench = bench[bench["scorer"].isin(list(SCORERS))]
    table = [[_("Points or model"), _("ROC AUC"), _("95 % interval"), _("against points")]]
    table[0].append(_("95 % interval"))
    for scorer, name in SCORERS.items():
        for row in bench[bench["scorer"] == scorer].itertuples():
            table.append(
                [
                    _(name),
                    number_text(row.value),
                    number_range(row.interval_low, row.interval_high),
                    number_text(row.difference, signed=True),
                    number_range(row.difference_low, row.difference_high, signed=True),
                ]
            )
    lines = align(table) if len(table) > 1 else [_("Points or model")]
    return lines + verdict(figures) + _grid(figures)


def _grid(figures: Figures) -> list[str]:
    """Count the open leads by cell of the grid of fit by behaviour."""
    cells = [f"{row.grid_cell} {count_text(row.rows)}" for row in figures.grid.itertuples()]
    return _wrapped(_("Fit by behaviour: {cells}.").format(cells=", ".join(cells))) if cells else []


def next_leads_section(figures: Figures) -> list[str]:
    """List whom to call next, without anything that names a person."""
    leads = figures.next_leads(LEADS_SHOWN)
    if leads.empty:
        if figures.routable is None:
            return [nothing(figures, _("Next leads"), "marts.routable_leads")]
        why = ", ".join(
            f"{count_text(row.rows)} {text(row.reason_code)}"
            for row in figures.unrouted.itertuples()
        )
        words = _("no lead can be handed over now.")
        if why:
            words = _("no lead can be handed over now: {why} (marts.lead_assignments).")
        return [headed(_("Next leads"), words.format(why=why))]
    table = [[_("Next leads"), _("owner"), _("due (UTC)"), _("score"), _("band")]]
    reasons = []
    for row in leads.itertuples():
        table.append(
            [
                text(row.crm_lead_id) if is_known(row.crm_lead_id) else _("(not in the CRM)"),
                text(row.owner_id),
                time_text(row.due_at),
                count_text(row.score),
                text(row.score_band),
            ]
        )
        known = [text(reason) for reason in (row.reason_1, row.reason_2) if is_known(reason)]
        reasons.append("; ".join(known) or _("nothing stands out"))
    head, *body = align(table, left=(0, 1, 2, 4))
    lines = [
        shorten(
            f"{head}  " + _("of {count} with an owner").format(count=count_text(figures.routable)),
            WIDTH,
        )
    ]
    for line, why in zip(body, reasons, strict=True):
        lines += [line, shorten("    " + why, WIDTH)]
    return lines


def files_section(db: Path, report: Path | None) -> list[str]:
    """Give the paths of the report and the published copy."""
    copy = published_path(db)
    page = report or db.with_name(f"{db.stem}.report.html")
    no_page = _("none yet: {command}").format(command=f"lead-funnel report --db {db}")
    no_copy = _("no copy yet: {command}").format(command=f"lead-funnel publish --db {db}")
    return [
        headed(_("Report"), str(page) if page.is_file() else no_page),
        headed(_("For readers"), str(copy) if copy.is_file() else no_copy),
    ]


def summarize(
    db: Path, truth: Truth | None = None, report: Path | None = None, language: str = ENGLISH
) -> str:
    """Write the summary of a warehouse.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse; it is only read.
    truth : Truth, optional
        The truth of a simulated company, shown beside.
    report : pathlib.Path, optional
        Path of the report, if not beside the warehouse.
    language : str
        One of `lead_funnel.language.LANGUAGES`.

    Returns
    -------
    str
        Less than 100 lines.

    Raises
    ------
    UserError
        If there is no such language, or the warehouse cannot be opened.
    """
    with written_in(language):
        return _summary(db, truth, report)


def _summary(db: Path, truth: Truth | None, report: Path | None) -> str:
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
    lines = [headed("Lead Funnel", _("as of {time} UTC").format(time=time_text(figures.as_of)))]
    for section in filter(None, sections):
        lines += ["", *section]
    figures.con.close()
    if figures.missing:
        missing = _("Missing: {tables}: {build}.").format(
            tables=", ".join(sorted(figures.missing)), build=_(BUILD)
        )
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
