"""Money won, open and spent, in words and as a table."""

from typing import Any

import pandas as pd

from lead_funnel.language import N_, _, ngettext
from lead_funnel.report import wording
from lead_funnel.report.figures import Figures
from lead_funnel.report.sections import wrapped
from lead_funnel.words import count_text, headed, is_known, money_text

KINDS = {
    "won_new_business": ("won", "of new business"),
    "won_expansion": ("won", "from customers"),
    "open_pipeline": ("open pipeline", ""),
    "cost": ("spent on campaigns", ""),
}
SAID = {
    "won_new_business": N_("won {amount} of new business in {entries}"),
    "won_expansion": N_("won {amount} from customers in {entries}"),
    "open_pipeline": N_("open pipeline {amount} in {entries}"),
    "cost": N_("spent on campaigns {amount} in {entries}"),
}
UNSEEN = N_("unknown: no source tells of deals")


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
    for kind in SAID:
        rows = amounts[amounts["kind"] == kind]
        if kind != "cost" and not are_deals_seen(figures):
            continue
        if rows.empty:
            lines += [_("no deal is open")] if kind == "open_pipeline" else []
            continue
        lines.append(_line(rows, kind))
    if not are_deals_seen(figures):
        lines.insert(0, _(UNSEEN))
    lines += [
        _("not converted: {amount}, {kind} (no rate in seeds/exchange_rates.csv)").format(
            amount=_own(row), kind=wording.named(KINDS[str(row.kind)][0])
        )
        for row in amounts[amounts["without_rate"] > 0].itertuples()
    ]
    return [
        part
        for number, line in enumerate(lines)
        for part in wrapped(headed("" if number else _("Money"), line))
    ]


def money_table(figures: Figures) -> list[list[str]]:
    """Show each kind of amount in its currency, and converted."""
    head = ["", _("currency"), _("deals or costs"), _("amount"), _("converted"), _("unknown")]
    head.append(_("no rate"))
    return [head] + [
        [
            wording.named(" ".join(KINDS[str(row.kind)]).strip()),
            _("unknown") if row.currency_code == "(null)" else str(row.currency_code),
            count_text(row.entries),
            money_text(row.amount, None),
            money_text(row.converted_amount, row.reporting_currency_code),
            count_text(row.without_amount),
            count_text(row.without_rate),
        ]
        for row in figures.amounts.itertuples()
    ]


def _line(rows: pd.DataFrame, kind: str) -> str:
    known = rows["converted_amount"].dropna()
    currency = rows["reporting_currency_code"].iloc[0]
    entries = int(rows["entries"].sum())
    amount = money_text(known.sum(), currency) if len(known) else _("an unknown amount")
    counted = (
        ngettext("{count} entry", "{count} entries", entries)
        if kind == "cost"
        else ngettext("{count} deal", "{count} deals", entries)
    ).format(count=count_text(entries))
    said = _(SAID[kind]).format(amount=amount, entries=counted)
    unknown = int(rows["without_amount"].sum())
    if not unknown:
        return said
    return _("{said}, {count} of them of unknown amount").format(
        said=said, count=count_text(unknown)
    )


def _own(row: Any) -> str:
    currency = _("without a currency") if row.currency_code == "(null)" else row.currency_code
    amount = money_text(row.amount, currency if is_known(row.amount) else None)
    number = int(row.without_rate)
    counted = (
        ngettext("{count} cost", "{count} costs", number)
        if row.kind == "cost"
        else ngettext("{count} deal", "{count} deals", number)
    ).format(count=count_text(number))
    return _("{amount} in {entries}").format(amount=amount, entries=counted)
