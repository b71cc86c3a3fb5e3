"""Rates of content and what is sent next, against an oracle written plainly."""

from __future__ import annotations

from math import sqrt
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.pipeline.demo_company import Company

LEAST, MOST = 20, 200


def wilson(hits: float, tries: float, side: int) -> float:
    centre = hits + 1.9208
    reach = 1.96 * sqrt(hits * (tries - hits) / tries + 0.9604)
    return (centre + side * reach) / (tries + 3.8416)


def weight(parts: pd.DataFrame, groups: list[str]) -> float:
    """Prior weight of a group's rate for its parts, by the excess of their spread."""
    excess = room = 0.0
    for _, rows in parts.groupby(groups):
        uses, rate = rows["uses"].sum(), rows["advanced"].sum() / rows["uses"].sum()
        if 0 < rate < 1:
            own = rows["advanced"] / rows["uses"]
            excess += (rows["uses"] * (own - rate) ** 2).sum() / (rate * (1 - rate))
            excess -= len(rows) - 1
            room += uses - (rows["uses"] ** 2).sum() / uses - (len(rows) - 1)
    if excess <= 0 or room <= 0:
        return MOST
    return min(max(room / excess - 1, LEAST), MOST)


@pytest.fixture(scope="module")
def tables(company: Company) -> dict[str, pd.DataFrame]:
    names = {
        "uses": "intermediate.int_content_uses where is_mature",
        "rates": "marts.content_advance_rates",
        "leads": "marts.dim_leads inner join marts.contact_policy using (lead_key)",
        "next": "intermediate.lead_next_content",
        "used": "intermediate.int_content_consumption",
        "sent": "intermediate.int_content_sent",
        "catalog": "seeds.content_catalog",
    }
    with duckdb.connect(str(company.db), read_only=True) as connection:
        return {
            name: connection.execute(f"select * from {place}").df() for name, place in names.items()
        }


def test_rates_are_drawn_towards_the_piece_and_the_stage_as_the_data_warrant(
    tables: dict[str, pd.DataFrame],
) -> None:
    keys = ["content_id", "stage", "persona"]
    cells = tables["uses"].groupby(keys)["has_advanced"].agg(["count", "sum"]).reset_index()
    cells.columns = [*keys, "uses", "advanced"]
    pieces = cells.groupby(keys[:2])[["uses", "advanced"]].sum().reset_index()
    stages = cells.groupby("stage")[["uses", "advanced"]].sum()
    overall = stages["advanced"].sum() / stages["uses"].sum()
    piece_weight, cell_weight = weight(pieces, ["stage"]), weight(cells, keys[:2])
    of_piece = pieces.set_index(keys[:2])
    of_cell = cells.set_index(keys)
    assert len(tables["rates"]) > 200
    for row in tables["rates"].itertuples():
        stage = stages.loc[row.stage] if row.stage in stages.index else {"uses": 0, "advanced": 0}
        stage_rate = (stage["advanced"] + LEAST * overall) / (stage["uses"] + LEAST)
        piece = (
            of_piece.loc[(row.content_id, row.stage)]
            if (row.content_id, row.stage) in of_piece.index
            else {"uses": 0, "advanced": 0}
        )
        known = piece["uses"] + piece_weight
        piece_rate = (piece["advanced"] + piece_weight * stage_rate) / known
        key = (row.content_id, row.stage, row.persona)
        cell = of_cell.loc[key] if key in of_cell.index else {"uses": 0, "advanced": 0}
        prior = min(cell_weight, known)
        hits, tries = cell["advanced"] + prior * piece_rate, cell["uses"] + prior
        assert (row.uses, row.advanced) == (cell["uses"], cell["advanced"])
        assert row.advance_rate == pytest.approx(hits / tries, abs=1e-9)
        assert row.advance_rate_low == pytest.approx(wilson(hits, tries, -1), abs=1e-9)
        assert row.advance_rate_high == pytest.approx(wilson(hits, tries, 1), abs=1e-9)


def difference(own: pd.DataFrame, others: pd.DataFrame) -> tuple[float, float, float]:
    """Weight, risk difference and variance of a stratum."""
    (won, users), (won_else, similar) = (
        (int(rows["was_advanced"].sum()), len(rows)) for rows in (own, others)
    )
    spread = sum(
        (hits + 1) * (tries - hits + 1) / (tries + 2) ** 2 / tries
        for hits, tries in ((won, users), (won_else, similar))
    )
    return users * similar / (users + similar), won / users - won_else / similar, spread


def effect(strata: list[tuple[float, float, float]]) -> tuple[float, float]:
    total = sum(weight for weight, _, _ in strata)
    mean = sum(weight * gap for weight, gap, _ in strata) / total
    return mean, sum(weight**2 * spread for weight, _, spread in strata) / total**2


def test_effects_are_those_over_similar_leads_who_did_not_use_the_piece(
    tables: dict[str, pd.DataFrame],
) -> None:
    uses = tables["uses"]
    users = {piece: set(rows["lead_key"]) for piece, rows in tables["used"].groupby("content_id")}
    compared = 0
    for (piece, stage), rates in tables["rates"].groupby(["content_id", "stage"]):
        in_stage = uses[uses["stage"] == stage]
        is_user = in_stage["lead_key"].isin(users.get(piece, set()))
        by_persona: dict[str, list[tuple[float, float, float]]] = {}
        worked: dict[str, int] = {}
        for (persona, _), rows in in_stage.groupby(["persona", "uses_before"]):
            own = rows[rows["content_id"] == piece]
            others = rows[~is_user.loc[rows.index]]
            if len(own) and len(others):
                by_persona.setdefault(persona, []).append(difference(own, others))
                worked[persona] = worked.get(persona, 0) + len(own)
        every = [stratum for strata in by_persona.values() for stratum in strata]
        for row in rates.itertuples():
            if not every:
                assert pd.isna(row.effect)
                continue
            share = worked.get(row.persona, 0) / (worked.get(row.persona, 0) + row.prior_weight)
            of_piece, piece_spread = effect(every)
            own_strata = by_persona.get(row.persona)
            of_cell, cell_spread = effect(own_strata) if own_strata else (0.0, 0.0)
            mean = share * of_cell + (1 - share) * of_piece
            reach = 1.96 * (share * sqrt(cell_spread) + (1 - share) * sqrt(piece_spread))
            assert row.effect == pytest.approx(mean, abs=1e-9)
            assert row.effect_low == pytest.approx(max(mean - reach, -1), abs=1e-9)
            assert row.effect_high == pytest.approx(min(mean + reach, 1), abs=1e-9)
            compared += 1
    assert compared > 100


def test_each_lead_gets_the_surest_piece_of_those_that_are_new_to_it(
    tables: dict[str, pd.DataFrame],
) -> None:
    seen: dict[Any, set[str]] = {}
    for name in ("used", "sent"):
        for row in tables[name].itertuples():
            seen.setdefault(row.lead_key, set()).add(row.content_id)
    catalog = tables["catalog"].set_index("content_id")
    chosen = tables["next"].set_index("lead_key")["content_id"]
    by_cell = {key: rows for key, rows in tables["rates"].groupby(["stage", "persona"])}
    in_funnel = {"inquiry", "mql", "sal", "sql", "recycled", "expired"}
    expected = {}
    for lead in tables["leads"].itertuples():
        is_customer = lead.track == "customer"
        after = {"closed_won", "closed_lost"} if is_customer else set()
        if not lead.may_email or lead.current_stage not in in_funnel | after:
            continue
        stage = dict.fromkeys(("recycled", "expired"), "inquiry").get(
            str(lead.current_stage), lead.current_stage
        )
        persona = lead.persona if isinstance(lead.persona, str) else "unknown"
        cell = by_cell[("closed_won" if is_customer else stage, persona)]
        new = cell[~cell["content_id"].isin(seen.get(lead.lead_key, set()))]
        if new.empty:
            continue
        expected[lead.lead_key] = min(
            new.itertuples(),
            key=lambda piece: (
                not piece.is_for_stage,
                -round(piece.effect_low if piece.effect_low == piece.effect_low else -1, 9),
                catalog.loc[piece.content_id, "topic"] != lead.top_topic,
                piece.content_id,
            ),
        ).content_id
    assert dict(chosen) == expected
    assert len(expected) > 500
