"""What the warehouse finds out about a simulated company is what is true of it.

The simulation writes down who was seen under which identifiers, and which stage every lead
entered when, by the word of the CRM. Points are rules of ours that the simulated CRM knows nothing
of; a second warehouse is therefore built in which no points suffice, and everything in it must be
as the CRM has it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pytest

from bench.truth import IN_HORIZON
from tests.dbt_runs import RunDbt
from tests.pipeline.demo_company import Company

BERLIN = ZoneInfo("Europe/Berlin")
# What is asked below lies in these areas.
AREAS = ("cycles", "handoffs", "funnel")
Entries = dict[tuple[str, int, str], Any]


@pytest.fixture(scope="module")
def by_crm(company: Company, run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The same company by its CRM's word alone, reported in Berlin's time.

    No points suffice to hand a lead over.
    """
    db = tmp_path_factory.mktemp("by_crm") / "warehouse.duckdb"
    db.write_bytes(company.db.read_bytes())
    with duckdb.connect(str(db)) as connection:
        connection.execute(
            "update seeds.points_thresholds set value = 1000000 where name = 'behavior'"
        )
    built = run_dbt(
        ["run", "--select", *(f"points_crossings+,+marts.{area}" for area in AREAS)],
        raw=company.truth.parent / "raw",
        db=db,
        variables={"reporting_time_zone": BERLIN.key},
    )
    assert built.success, built.log
    return replace(company, db=db)


# The truth knows neither expiry nor companies: what comes after an expired cycle, or one that a
# colleague's win closed, is of the same pass.
PASSES = """
    select lead_key, cycle_number, outcome, ended_at,
        cycle_number - count(*) filter (outcome in ('expired', 'won_by_colleague')) over (
            partition by lead_key order by cycle_number
            rows between unbounded preceding and 1 preceding
        ) as pass_number
    from marts.fct_lead_cycles
"""


def persons(company: Company) -> str:
    """Which lead_key each identity of the truth has."""
    return f"""
        select distinct truth.seen_as, members.lead_key
        from read_parquet('{company.truth}/truth_identifiers.parquet') as truth
        inner join intermediate.identity_members as members
            on truth.identifier_value = members.identifier_value
            and members.identifier_type = case truth.identifier_type
                when 'crm_lead_id' then 'crm_lead' when 'user_id' then 'user'
                else truth.identifier_type end
    """


def found(company: Company) -> Entries:
    """When each identity entered each stage of each cycle, in the warehouse."""
    return {
        (who, cycle, stage): at
        for who, cycle, stage, at in company.ask(
            f"""
            select persons.seen_as, passes.pass_number, entries.stage, min(entries.entered_at)
            from marts.fct_stage_transitions as entries
            inner join ({PASSES}) as passes using (lead_key, cycle_number)
            inner join ({persons(company)}) as persons using (lead_key)
            where entries.stage != 'expired'
            group by all
            """
        )
    }


def true(company: Company) -> Entries:
    """When each identity entered each stage of each cycle, in truth."""
    return {
        (who, cycle, stage): at
        for who, cycle, stage, at in company.ask(
            "select seen_as, cycle, stage, entered_at "
            f"from read_parquet('{company.truth}/truth_stages.parquet')"
        )
    }


def told_by_crm(entries: Entries) -> Entries:
    """All but the first contacts of cycles, of which the web and the forms tell."""
    return {key: at for key, at in entries.items() if key[2] != "inquiry"}


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
    # Whom sales took up when their pass was over is in the funnel once more.
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


class Handoff(NamedTuple):
    """A handoff of the truth beside that of the warehouse."""

    true_touch_at: datetime | None
    is_lost: bool
    is_young: bool
    is_taken_up_later: bool
    is_logged_by_day: bool
    is_noted: bool
    touch_at: datetime | None
    is_in_black_hole: bool | None
    verdict: str
    handed_over_by: str
    is_implied: bool
    found_again_at: datetime | None
    is_pass_over: bool
    """Its cycle expired before sales took it up: what came after is of another one."""
    is_of_company: bool


def handoffs(company: Company) -> list[Handoff]:
    """Handoffs that both know, but for those of firms that bought through somebody else.

    The simulation knows no companies: of a lead whose colleague was won it says what became of
    the lead alone.
    """
    rows = company.ask(
        f"""
        select
            truth.first_touch_at, truth.black_hole, truth.pending, truth.taken_up_later,
            truth.touch_day_only, truth.noted,
            handoffs.first_sales_touch_at, handoffs.is_in_black_hole, handoffs.verdict,
            handoffs.handed_over_by, handoffs.is_implied, handoffs.found_again_at,
            coalesce(
                truth.late and passes.outcome = 'expired'
                and passes.ended_at < truth.first_touch_at, false
            ),
            exists (
                select 1 from intermediate.colleagues_wins as wins
                where wins.lead_key = handoffs.lead_key
                    and wins.won_at >= handoffs.handoff_at
                    and wins.won_at <= coalesce(passes.ended_at, bounds.next_started_at)
            )
        from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
        inner join ({PASSES}) as passes
            on passes.lead_key = members.lead_key and passes.pass_number = truth.cycle
        inner join marts.fct_handoffs as handoffs
            on handoffs.lead_key = passes.lead_key
            and handoffs.cycle_number = passes.cycle_number
        inner join intermediate.cycle_bounds as bounds
            on bounds.lead_key = passes.lead_key
            and bounds.cycle_number = passes.cycle_number
        qualify row_number() over (
            partition by truth.lead_id, truth.cycle order by handoffs.handoff_at
        ) = 1
        """
    )
    known = [Handoff(*row) for row in rows]
    kept = [row for row in known if not row.is_of_company]
    assert 0.8 * len(known) < len(kept) < len(known)
    return kept


def is_touch_true(row: Handoff) -> bool:
    """Where the CRM skips the handoff, it is dated by the status that came after the touch.

    A touch that is logged by its day counts from the end of it, and by then another pass may have
    begun.
    """
    if row.is_implied:
        return True
    if row.is_logged_by_day and row.true_touch_at is not None:
        return row.is_pass_over or (
            row.touch_at is not None and row.touch_at.date() == row.true_touch_at.date()
        )
    return row.touch_at == row.true_touch_at


def assert_black_hole_is_true(rows: list[Handoff]) -> None:
    """Hold what was decided to the truth, and what was not to what is too young."""
    assert all(row.is_lost == row.is_in_black_hole for row in rows
               if row.is_in_black_hole is not None)  # fmt: skip
    assert all(row.is_young for row in rows if row.is_in_black_hole is None)


def test_the_black_hole_is_the_true_one(by_crm: Company, truth: dict[str, Any]) -> None:
    """It stays so when a lead is taken up or becomes a deal after weeks: found again.

    Neither automatic mail, nor a deleted call, nor a note takes a lead out of it; a call before
    the handoff does.
    """
    rows = handoffs(by_crm)
    assert all(is_touch_true(row) for row in rows)
    assert sum(row.is_logged_by_day for row in rows) > 0
    assert sum(row.is_implied for row in rows) <= truth["handoffs_without_mql_status"]
    assert truth["handoffs_without_mql_status"] < len(rows) / 50
    assert_black_hole_is_true(rows)
    assert sum(row.is_taken_up_later for row in rows) > 20
    clear = [row for row in rows if not (row.is_pass_over and row.is_logged_by_day)]
    assert len(clear) > 0.99 * len(rows)
    assert all(row.is_taken_up_later == (row.found_again_at is not None) for row in clear)
    noted = [row for row in rows if row.is_noted and row.is_in_black_hole]
    assert "no_touch_logged" in {row.verdict for row in noted}
    assert "never_followed_up" not in {row.verdict for row in noted}
    [(judged, lost)] = by_crm.ask(
        "select handoffs, never_followed_up from marts.black_hole where dimension = 'all'"
    )
    assert lost == sum(row.is_lost for row in rows)
    # Besides, there are second deals of customers, those whom sales found itself, and those
    # whom it took up when their pass was over: handoffs that are implied, and none is lost.
    [(implied,)] = by_crm.ask("select count(*) from marts.fct_handoffs where is_implied")
    assert len(rows) < judged <= truth["mature_handoffs"] + implied


def test_with_points_the_black_hole_of_handoffs_that_the_crm_made_is_the_true_one(
    company: Company,
) -> None:
    rows = handoffs(company)
    told = [row for row in rows if row.handed_over_by != "points"]
    assert len(told) > 0.5 * len(rows)
    assert_black_hole_is_true(told)
    # Who was touched, and never judged before the cycle expired, is waited for no longer.
    waiting = ("pending", "expired")
    assert all(row.is_young == (row.verdict in waiting) for row in told if not row.is_pass_over)
    assert all(row.touch_at for row in told if row.is_young and row.verdict == "expired")
    assert all(is_touch_true(row) for row in rows)


def test_the_cost_of_the_black_hole_holds_the_true_one(company: Company) -> None:
    """The simulation knows the chance of each handoff that the CRM made, had sales worked it."""
    [(rated_by, low, high, never_followed_up)] = company.ask(
        "select rated_by, missed_deals_low, missed_deals_high, never_followed_up "
        "from marts.black_hole_cost "
        "where dimension = 'handed_over_by' and dimension_value = 'lead_status'"
    )
    [(handoffs, chances, won_anyway)] = company.ask(
        f"""
        select
            count(*),
            sum(truth.win_probability),
            count(*) filter (where truth.won_at <= truth.handed_over_at + interval 90 day)
        from read_parquet('{company.truth}/truth_handoffs.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead' and members.identifier_value = truth.lead_id
        inner join marts.fct_handoffs as handoffs
            on handoffs.lead_key = members.lead_key and handoffs.cycle_number = truth.cycle
        where truth.black_hole and handoffs.is_in_black_hole
            and handoffs.handed_over_by = 'lead_status'
        """
    )
    assert (rated_by, handoffs) == ("model", never_followed_up)
    true = chances * IN_HORIZON - won_anyway
    assert low < true < high < 1.5 * true
    assert won_anyway > 0


def test_leads_and_wins_by_source_are_the_true_ones(
    company: Company, truth: dict[str, Any]
) -> None:
    """The CRM does not name the source of two leads in a hundred; of the others, all is exact."""
    rows = company.ask(
        f"""
        select
            truth.source, leads.lead_source, truth.is_won, leads.is_customer,
            truth.won_at, min(entries.entered_at), truth.person_id,
            leads.lead_key in (
                select lead_key from marts.fct_lead_cycles where new_business_won_at is not null
            )
        from read_parquet('{company.truth}/truth_persons.parquet') as truth
        inner join intermediate.identity_members as members
            on members.identifier_type = 'crm_lead'
            and members.identifier_value = truth.crm_lead_ids[1]
        inner join marts.dim_leads as leads using (lead_key)
        left join marts.fct_stage_transitions as entries
            on entries.lead_key = leads.lead_key and entries.stage = 'closed_won'
        group by all
        """
    )
    assert len(rows) == truth["persons_with_crm_lead"]
    assert all(row[2] == row[3] and row[4] == row[5] for row in rows)
    named = [row for row in rows if row[1] is not None]
    assert all(source == lead_source for source, lead_source, *_ in named)
    unnamed = len(rows) - len(named)
    assert abs(unnamed - 0.02 * len(rows)) < 3 * (0.02 * 0.98 * len(rows)) ** 0.5
    leads, wins = Counter(row[0] for row in rows), Counter(row[0] for row in rows if row[2])
    assert {source: (leads[source], wins[source]) for source in leads} == {
        source: (counts["leads"], counts["won"])
        for source, counts in truth["by_lead_source"].items()
    }
    # A second lead under an address that nothing links to the first is a lead of its own.
    by_source = dict(
        company.ask(
            f"""
            select truth.source, count(distinct leads.lead_key)
            from (
                select source, unnest(crm_lead_ids) as lead_id
                from read_parquet('{company.truth}/truth_persons.parquet')
            ) as truth
            inner join intermediate.identity_members as members
                on members.identifier_type = 'crm_lead'
                and members.identifier_value = truth.lead_id
            inner join marts.dim_leads as leads using (lead_key)
            where leads.lead_source is not null
            group by truth.source
            """
        )
    )
    # Whose company had bought before is no new business.
    assert all(is_won or not is_new for _, _, is_won, *_, is_new in named)
    won_by_source = Counter(row[0] for row in named if row[7])
    assert 0.8 * sum(wins.values()) < sum(won_by_source.values()) < sum(wins.values())
    assert {
        source: (found_leads, won)
        for source, found_leads, won in company.ask(
            "select dimension_value, leads, won from marts.source_performance "
            "where dimension = 'lead_source' and dimension_value != '(null)'"
        )
    } == {source: (count, won_by_source[source]) for source, count in by_source.items()}


def test_close_rates_are_the_true_ones(company: Company) -> None:
    """Counted again in plain Python from when people truly came and when they were truly won.

    Who came before the first day of deals may have been won before it, so no rate counts them.
    """
    entries = true(company)
    came = {
        who: at for (who, cycle, stage), at in entries.items() if (cycle, stage) == (1, "inquiry")
    }
    won: dict[str, Any] = {}
    for (who, _, stage), at in entries.items():
        if stage == "closed_won":
            won[who] = min(at, won.get(who, at))
    [(as_of,)] = company.ask("select as_of from intermediate.clock")
    [(seen_from,)] = company.ask(
        "select date_trunc('day', min(created_at)) from marts.fct_opportunities"
    )
    rows = company.ask(
        f"""
        select
            persons.seen_as, results.is_mature, results.is_won_in_horizon,
            count(*) filter (cycles.origin != 'expansion') > 0,
            min(cycles.started_at) filter (cycles.origin = 'expansion')
                < coalesce(min(cycles.new_business_won_at), timestamp '9999-12-31')
        from intermediate.int_lead_results as results
        inner join marts.fct_lead_cycles as cycles using (lead_key)
        inner join ({persons(company)}) as persons using (lead_key)
        group by all
        """
    )
    certain = [row for row in rows if row[0] in came]
    assert len(certain) > 0.9 * len(rows)
    for who, is_mature, is_won_in_horizon, is_new, is_of_customer in certain:
        is_old = (as_of - came[who]).total_seconds() >= 90 * 86_400
        assert is_mature == (is_old and came[who] >= seen_from and is_new), who
        if is_of_customer:
            continue
        soon = who in won and (won[who] - came[who]).total_seconds() <= 90 * 86_400
        assert is_won_in_horizon == soon, who
