"""The sections of the report, one per question.

A section is a function from the figures to what it shows, or None where its mart is not there.
Another one needs such a function and a place in `SECTIONS`.
"""

from collections.abc import Callable

from lead_funnel.language import _
from lead_funnel.report import (
    count_pictures,
    data,
    funnel_pictures,
    loss_pictures,
    maturity_picture,
    money_pictures,
    score_pictures,
    sentences,
    time_pictures,
    wording,
)
from lead_funnel.report.account import account_table
from lead_funnel.report.figures import Figures
from lead_funnel.report.money import money_table
from lead_funnel.report.parts import UNBUILT, Section, Table, TitledTable, each, filled, present
from lead_funnel.report.said import said_each
from lead_funnel.words import is_known, text

ENTRIES_SHOWN = 15
"""The last entries of an account are what a reader wants."""


def _said(figures: Figures, section: str) -> list[str]:
    return [said.words for said in sentences.sentences(figures) if said.section == section]


def week(figures: Figures) -> Section:
    """Answer whom to call, and how many slots there are for it."""
    return Section(
        "week",
        _("This week"),
        _("What to do this week"),
        _said(figures, "week"),
        _(
            "There are no teams or reps to plan with: fill seeds/sales_teams.csv and "
            "sales_reps.csv."
        ),
        present(score_pictures.slots_picture(figures), score_pictures.curve_picture(figures)),
        filled(
            TitledTable(
                _("By team"),
                _(
                    "The cut-off is the score that the last slot went to; with those to come, when "
                    "the week's arrivals compete too."
                ),
                _teams_table(figures),
            )
        ),
    )


def _teams_table(figures: Figures) -> Table:
    table = [
        [_("Team"), _("Leads to call"), _("New"), _("Free slots"), _("In use"), _("Expected leads")]
    ]
    table[0] += [
        _("Cut-off"),
        _("With those to come"),
        _("Expected wins"),
        _("One more rep brings"),
    ]
    for row in figures.capacity.pipe(each):
        bounds = wording.count_range(row.expected_arrivals_low, row.expected_arrivals_high)
        table.append(
            [
                wording.named(text(row.team_name)),
                wording.count(row.assigned_leads),
                wording.count(row.new_handoffs),
                wording.count(row.free_slots),
                wording.share(row.utilisation),
                f"{wording.count(row.expected_arrivals)} {bounds}",
                *(
                    wording.count(value) if is_known(value) else "–"
                    for value in (row.cutoff_score, row.week_cutoff_score)
                ),
                *(
                    wording.number(value) if is_known(value) else "–"
                    for value in (row.expected_wins, row.wins_of_one_more_rep)
                ),
            ]
        )
    return table


def funnel(figures: Figures) -> Section:
    """Answer how many go on, how sure, and how fast."""
    return Section(
        "funnel",
        _("Funnel"),
        _("How many go on, and how fast?"),
        _said(figures, "funnel"),
        _(UNBUILT),
        present(
            funnel_pictures.reach_picture(figures),
            funnel_pictures.fates_picture(figures),
            funnel_pictures.cohorts_picture(figures),
            funnel_pictures.cohort_wins_picture(figures),
            time_pictures.stays_picture(figures),
            time_pictures.stock_picture(figures),
            count_pictures.now_picture(figures),
        ),
        filled(
            TitledTable(
                _("First, second and later cycles"),
                _("Outcomes of the first, the second and later cycles of leads."),
                _cycles_table(figures),
                is_open=False,
            )
        ),
    )


def _cycles_table(figures: Figures) -> Table:
    outcomes = ["closed_won", "closed_lost", "recycled", "disqualified", "won_by_colleague"]
    outcomes += ["expired", "open"]
    table = [[_("Cycle"), _("All"), *(wording.label(outcome) for outcome in outcomes)]]
    for number, rows in figures.cycles.groupby("cycle_number"):
        counts = rows.set_index("outcome")["rows"]
        cells = [wording.count(counts.get(outcome, 0)) for outcome in outcomes]
        table.append([str(number), wording.count(counts.sum()), *cells])
    return table


def losses(figures: Figures) -> Section:
    """Answer who is never followed up, why, and what it costs."""
    return Section(
        "losses",
        _("Where leads get lost"),
        _("Where do leads get lost?"),
        [*_said(figures, "losses"), *_never_told(figures)],
        _(
            "Whether leads were followed up cannot be seen: sales logs no touches, or no handoff "
            "is old enough. Add crm_activities."
        ),
        present(
            loss_pictures.months_picture(figures),
            loss_pictures.factors_picture(figures),
            loss_pictures.stake_picture(figures),
            loss_pictures.teams_picture(figures),
            loss_pictures.hours_picture(figures),
        ),
    )


def _never_told(figures: Figures) -> list[str]:
    if not figures.never_told:
        return []
    count = wording.count(figures.never_told)
    words = _("Sales was not told about {count} more MQLs: a gap in the process, not handoffs.")
    return [words.format(count=count)]


def revenue(figures: Figures) -> Section:
    """Answer which channels and campaigns bring revenue."""
    return Section(
        "revenue",
        _("What brings revenue"),
        _("What brings revenue?"),
        _said(figures, "revenue"),
        _("No lead is old enough to show which channel closes, and no deal has an amount."),
        [
            *present(
                money_pictures.channels_picture(figures),
                money_pictures.returns_picture(figures),
                money_pictures.campaigns_picture(figures),
            ),
            *money_pictures.goals_pictures(figures),
        ],
        filled(
            TitledTable(
                _("Channels"),
                _(
                    "Costs are those of the channel's campaigns, those that brought nobody "
                    "included; Unknown: nothing tells the channel."
                ),
                money_pictures.sources_table(figures),
            ),
            TitledTable(
                _("Money by currency"),
                _(
                    "Won, open and spent, each in its own currency and converted at the rates of "
                    "seeds/exchange_rates.csv. What has no rate is in no other figure."
                ),
                money_table(figures),
                is_open=False,
            ),
            TitledTable(
                _("Campaigns"),
                _("The most expensive ones, and what they brought."),
                money_pictures.campaigns_table(figures),
                is_open=False,
            ),
            TitledTable(
                _("Goals of campaigns"),
                _("Costs should stay below their goal."),
                money_pictures.goals_table(figures),
                is_open=False,
            ),
        ),
    )


def content(figures: Figures) -> Section:
    """Answer what moves people on."""
    return Section(
        "content",
        _("Content"),
        _("What moves people on?"),
        [],
        _("No piece of content was used long enough ago to tell: fill seeds/content_catalog.csv."),
        present(score_pictures.content_picture(figures)),
    )


def score(figures: Figures) -> Section:
    """Answer whether the score can be trusted."""
    account = [
        row
        for lead_key in figures.next_leads(1)["lead_key"]
        for row in account_table(figures, lead_key, ENTRIES_SHOWN)
    ]
    return Section(
        "score",
        _("Can the score be trusted?"),
        _("Can the score be trusted?"),
        _said(figures, "score"),
        _("No model has been compared with points yet, and no lead is scored."),
        [
            *present(score_pictures.forecast_picture(figures)),
            *score_pictures.bench_pictures(figures),
            *present(count_pictures.bands_picture(figures)),
        ],
        filled(
            TitledTable(
                _("Fit by behaviour"),
                _("Open leads by fit (A is best) and behaviour (1 is most active)."),
                grid_table(figures),
            ),
            TitledTable(
                _("Why this score is in charge"),
                _(
                    "The gates that the model had to pass before it could rank leads, "
                    "and what is monitored."
                ),
                _verdict_table(figures),
                is_open=False,
            ),
            TitledTable(
                _("All measurements"),
                _("On the same leads of the latest period."),
                score_pictures.bench_table(figures),
                is_open=False,
            ),
            TitledTable(
                _("A lead's account of points"),
                _(
                    "The last {count} entries of the lead to be called first: what it did, what "
                    "the agreed rules gave for it, and the balance. Whose it is stays in the "
                    "warehouse; lead-funnel explain shows the account of any lead."
                ).format(count=ENTRIES_SHOWN),
                account,
                is_open=False,
            ),
        ),
    )


def grid_table(figures: Figures) -> Table:
    """Lay out the open leads by fit (rows A to D) and behaviour (columns 1 to 4)."""
    counted = dict(zip(figures.grid["grid_cell"], figures.grid["rows"], strict=True))
    table = [[_("Fit"), *"1234"]]
    if counted:
        for grade in "ABCD":
            cells = (wording.count(counted.get(grade + step, 0)) for step in "1234")
            table.append([grade, *cells])
    return table


def _verdict_table(figures: Figures) -> Table:
    table = [[_("What"), _("Now")]]
    for model in figures.models.head(1).pipe(each):
        is_in_charge = _("in charge") if model.is_scoring else _("not in charge: points rank leads")
        table.append([_("Model"), f"{text(model.model_version)}, {is_in_charge}"])
        passed = _("passed") if model.gate_passed else _("failed")
        table.append([_("Gates"), f"{passed}: {said_each(text(model.gate_reason))}"])
        learned = _("{wins} wins among {all} examples").format(
            wins=wording.count(model.train_wins), all=wording.count(model.train_examples)
        )
        table.append([_("Learned from"), learned])
    for row in figures.verdict.pipe(each):
        table.append([_("Drift"), f"{text(row.verdict)}: {text(row.reason)}"])
        table.append([_("What follows"), text(row.consequence)])
    return table


SECTIONS: tuple[Callable[[Figures], Section | None], ...] = (
    week,
    funnel,
    losses,
    revenue,
    content,
    score,
    maturity_picture.section,
    data.section,
)
"""In the order of the page."""


def sections(figures: Figures) -> list[Section]:
    """Answer all questions that the marts can answer."""
    answered = (section(figures) for section in SECTIONS)
    return [section for section in answered if section is not None]
