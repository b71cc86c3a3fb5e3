"""What the warehouse finds out about a simulated company is what is true of it.

The simulation writes down who was seen under which identifiers, and which stage every lead
entered when, by the word of the CRM. Points are rules of ours that the simulated CRM knows nothing
of; a second warehouse is therefore built in which no points suffice, and everything in it must be
as the CRM has it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, tzinfo
from typing import Any

from tests.pipeline.demo_company import BERLIN, Company
from tests.pipeline.true_stages import PASSES, found, persons, told_by_crm, true


def test_persons_are_the_people_as_far_as_any_row_tells(
    company: Company, truth: dict[str, Any]
) -> None:
    """Some people are known by a shared address only, others appear twice with nothing between."""
    [(persons_found, leads_found)] = company.ask(
        "select count(*), count(inquiry_at) from marts.dim_leads"
    )
    assert persons_found == truth["persons_in_data"]
    assert leads_found == truth["leads_in_data"]
    assert persons_found == (
        truth["persons"] - truth["persons_never_seen"] + truth["persons_seen_apart"]
    )
    assert 0 < truth["persons_never_seen"] < truth["persons_seen_apart"] < persons_found / 20
    pairs = company.ask(persons(company))
    of_the_truth = company.ask(
        "select count(distinct seen_as) "
        f"from read_parquet('{company.truth}/truth_identifiers.parquet')"
    )
    assert len({who for who, _ in pairs}) == len({key for _, key in pairs}) == len(pairs)
    assert of_the_truth == [(len(pairs),)]


def test_by_the_crms_word_every_stage_is_entered_when_it_truly_was(by_crm: Company) -> None:
    expected, entries = told_by_crm(true(by_crm)), told_by_crm(found(by_crm))
    assert len(expected) > 1500
    assert {stage for _, _, stage in expected} == {
        "mql", "sal", "sql", "closed_won", "closed_lost", "recycled", "disqualified"
    }  # fmt: skip
    assert entries == expected


def test_cycles_begin_when_they_truly_do_where_it_is_certain_who_came(
    by_crm: Company, truth: dict[str, Any]
) -> None:
    """It is not certain on devices that several people used.

    Nor does the truth date what customers ask for after they bought.
    """
    expected = {key: at for key, at in true(by_crm).items() if key[2] == "inquiry"}
    entries = found(by_crm)
    assert {key: entries.get(key) for key in expected} == expected
    begun = Counter(cycle for _, cycle, stage in entries if stage == "inquiry")
    certain = Counter(cycle for _, cycle, _ in expected)
    assert begun[1] == truth["leads_in_data"]
    assert certain[1] > 0.9 * begun[1]
    assert certain[2] > 0.6 * begun[2] > 0


def test_the_funnel_is_the_true_one(by_crm: Company, truth: dict[str, Any]) -> None:
    order = ["inquiry", "mql", "sal", "sql", "closed_won", "closed_lost", "recycled"]
    order.append("disqualified")
    passes: dict[tuple[str, int], list[tuple[Any, int]]] = {}
    for (who, cycle, stage), at in told_by_crm(true(by_crm)).items():
        passes.setdefault((who, cycle), []).append((at, order.index(stage)))
    fates: Counter[tuple[str, str]] = Counter()
    for entries in passes.values():
        places = [place for _, place in sorted(entries)]
        for place, after in zip(places, [*places[1:], -1], strict=True):
            fate = "open" if after < 0 else "advanced" if after < 5 else order[after]
            fates[order[place], fate] += 1
    rows = by_crm.ask(
        """
        select stage, advanced, lost, recycled, disqualified,
                open + expired + won_by_colleague
        from marts.funnel_conversion where dimension = 'all' and stage != 'inquiry'
        """
    )
    # Whom sales took up when their cycle was over is in the funnel once more.
    [(resumed,)] = by_crm.ask(
        f"""
        select count(*) - count(distinct (entries.lead_key, passes.pass_number))
        from marts.fct_stage_transitions as entries
        inner join ({PASSES}) as passes using (lead_key, cycle_number)
        where entries.stage = 'mql'
        """
    )
    assert resumed > 0
    fates["mql", "open"] += resumed
    names = ("advanced", "closed_lost", "recycled", "disqualified", "open")
    assert {row[0]: row[1:] for row in rows} == {
        stage: tuple(fates[stage, name] for name in names) for stage in order[1:5]
    }
    [(entered, advanced)] = by_crm.ask(
        """
        select entered, advanced from marts.funnel_conversion
        where dimension = 'all' and stage = 'inquiry'
        """
    )
    assert len(passes) <= advanced <= len(passes) + resumed
    assert entered >= truth["leads_in_data"]


def local_day(moment: datetime, zone: tzinfo) -> str:
    """The day of a UTC moment in a time zone."""
    return str(moment.replace(tzinfo=UTC).astimezone(zone).date())


def test_cohorts_and_days_are_local_and_moments_are_not(by_crm: Company) -> None:
    """All other tests on this warehouse compare its moments with the truth's, which are UTC."""
    starts = [at for (at,) in by_crm.ask("select started_at from marts.fct_lead_cycles")]
    cohorts = dict(
        by_crm.ask(
            """
            select cast(cohort_month as varchar), entered from marts.funnel_conversion
            where dimension = 'month' and stage = 'inquiry'
            """
        )
    )
    assert cohorts == Counter(local_day(at, BERLIN)[:7] + "-01" for at in starts)
    assert cohorts != Counter(local_day(at, UTC)[:7] + "-01" for at in starts)
    days = dict(
        by_crm.ask(
            """
            select cast(date_day as varchar), entered from marts.funnel_daily
            where stage = 'inquiry' and entered > 0
            """
        )
    )
    assert days == Counter(local_day(at, BERLIN) for at in starts)


def test_points_only_hand_over_sooner_or_besides(company: Company) -> None:
    """With points, nothing that the CRM says is lost, and no time but the handoff's moves."""
    expected, entries = told_by_crm(true(company)), told_by_crm(found(company))
    handed = {key for key in expected if key[2] == "mql"}
    assert {key: entries[key] for key in expected if key not in handed} == {
        key: at for key, at in expected.items() if key not in handed
    }
    assert all(entries[key] <= expected[key] for key in handed)
    by = {
        (who, cycle, "mql"): word
        for who, cycle, word in company.ask(
            f"""
            select persons.seen_as, passes.pass_number,
                arg_min(handoffs.handed_over_by, handoffs.handoff_at)
            from marts.fct_handoffs as handoffs
            inner join ({PASSES}) as passes using (lead_key, cycle_number)
            inner join ({persons(company)}) as persons using (lead_key)
            group by all
            """
        )
    }
    sooner = {key for key in handed if entries[key] < expected[key]}
    besides = set(entries) - set(expected)
    assert besides | sooner == {key for key, word in by.items() if word == "points"}
    assert {key[2] for key in besides} == {"mql"}
    assert len(besides) > 20
