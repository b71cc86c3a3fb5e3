"""Money won, open and spent, in words and as a table."""

from typing import Any

import pandas as pd

from lead_funnel.language import _
from lead_funnel.report import wording
from lead_funnel.report.figures import Figures
from lead_funnel.words import count_text, is_known, money_text

KINDS = {
    "won_new_business": ("won", "of new business"),
    "won_expansion": ("won", "from customers"),
    "open_pipeline": ("open pipeline", ""),
    "cost": ("spent on campaigns", ""),
}
UNSEEN = "unknown: no source tells of deals"


def are_deals_seen(figures: Figures) -> bool:
    """Say whether any source holds deals, won or not."""
    seen = figures.observability
    return bool(seen[seen["capability"] == "opportunities"]["observable_from"].notna().any())


def money_section(figures: Figures) -> list[str]:
    """Say what was won, what is open and what was spent, and what has no rate."""
    lines = []
    amounts = figures.amounts
    if "marts.amounts_by_currency" in figures.missing:
        return []
    for kind, (done, of) in KINDS.items():
        rows = amounts[amounts["kind"] == kind]
        if kind != "cost" and not are_deals_seen(figures):
            continue
        if rows.empty:
            lines += ["no deal is open"] if kind == "open_pipeline" else []
            continue
        lines.append(_line(rows, done, of, "entry" if kind == "cost" else "deal"))
    if not are_deals_seen(figures):
        lines.insert(0, UNSEEN)
    lines += [
        f"not converted: {_own(row)}, {KINDS[str(row.kind)][0]} "
        "(no rate in seeds/exchange_rates.csv)"
        for row in amounts[amounts["without_rate"] > 0].itertuples()
    ]
    return [f"{'Money' if not number else '':14}{line}" for number, line in enumerate(lines)]


def money_table(figures: Figures) -> list[list[str]]:
    """Show each kind of amount in its currency, and converted."""
    head = ["", _("currency"), _("deals or costs"), _("amount"), _("converted"), _("unknown")]
    head.append(_("no rate"))
    return [head] + [
        [
            wording.named(" ".join(KINDS[str(row.kind)]).strip()),
            _("unknown") if row.currency_code == "(null)" else str(row.currency_code),
            *(
                wording.local(written)
                for written in (
                    count_text(row.entries),
                    money_text(row.amount, None),
                    money_text(row.converted_amount, row.reporting_currency_code),
                    count_text(row.without_amount),
                    count_text(row.without_rate),
                )
            ),
        ]
        for row in figures.amounts.itertuples()
    ]


def _line(rows: pd.DataFrame, done: str, of: str, what: str) -> str:
    known = rows["converted_amount"].dropna()
    currency = rows["reporting_currency_code"].iloc[0]
    entries = int(rows["entries"].sum())
    amount = money_text(known.sum(), currency) if len(known) else "an unknown amount"
    said = " ".join(filter(None, [done, amount, of]))
    said += f" in {count_text(entries)} {_plural(what, entries)}"
    unknown = int(rows["without_amount"].sum())
    return said + (f", {count_text(unknown)} of them of unknown amount" if unknown else "")


def _own(row: Any) -> str:
    currency = "without a currency" if row.currency_code == "(null)" else row.currency_code
    amount = money_text(row.amount, currency if is_known(row.amount) else None)
    what = "cost" if row.kind == "cost" else "deal"
    return f"{amount} in {count_text(row.without_rate)} {_plural(what, row.without_rate)}"


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return "entries" if word == "entry" else f"{word}s"
