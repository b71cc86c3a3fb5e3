from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from demo.contract import RAW
from demo.simulate import main
from tests.demo.demo_company import Company, make_company, parquet_of

SEEDS = Path(__file__).parents[2] / "seeds"
KEYS = {
    "web_events": "event_id",
    "form_submissions": "submission_id",
    "email_events": "event_id",
    "campaign_responses": "response_id",
    "crm_leads": "lead_id",
    "crm_lead_history": "history_id",
    "crm_contacts": "contact_id",
    "crm_accounts": "account_id",
    "crm_opportunities": "opportunity_id",
    "crm_opportunity_history": "history_id",
    "crm_activities": "activity_id",
    "crm_reps": "rep_id",
    "campaigns": "campaign_id",
}
TIMES = [
    (name, column)
    for name, kinds in RAW.items()
    for column, kind in kinds.items()
    if kind == "time"
]
ADDRESSES = [(name, "email") for name, kinds in RAW.items() if "email" in kinds]


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = make_company(tmp_path / "first", 300, 3, chunk=100)
    second = make_company(tmp_path / "second", 300, 3, chunk=100)
    other = make_company(tmp_path / "other", 300, 4, chunk=100)
    assert digest(first.raw) == digest(second.raw)
    assert digest(first.truth) == digest(second.truth)
    assert (
        digest(first.raw)["web_events/part-0.parquet"]
        != digest(other.raw)["web_events/part-0.parquet"]
    )


def test_keys_stay_unique_over_chunks(tmp_path: Path) -> None:
    company = make_company(tmp_path, 300, 3, chunk=100)
    for name, key in KEYS.items():
        distinct = company.value(f"select count(distinct {key}) from {name}")
        assert distinct == company.summary["unique_rows"][name], name
    assert company.value("select count(distinct person_id) from truth_persons") == 300


@pytest.mark.parametrize("name", list(RAW))
def test_columns_are_those_of_the_contract(company: Company, name: str) -> None:
    kinds = {"text": "VARCHAR", "time": "TIMESTAMP", "date": "DATE", "integer": "BIGINT"}
    kinds |= {"number": "DOUBLE", "boolean": "BOOLEAN"}
    found = [(row[0], row[1]) for row in company.rows(f"describe {name}")]
    assert found == [(column, kinds[kind]) for column, kind in RAW[name].items()]


@pytest.mark.parametrize("name", list(KEYS))
def test_duplicates_are_as_many_as_planted(company: Company, name: str) -> None:
    extra = company.value(f"select count(*) - count(distinct {KEYS[name]}) from {name}")
    assert extra == company.summary["duplicates_planted"][name]["total"]
    exact = company.value(
        f"select count(*) - (select count(*) from (select distinct * from {name})) from {name}"
    )
    assert exact == company.summary["duplicates_planted"][name]["exact_duplicates"]
    assert company.value(f"select count(*) from {name} where {KEYS[name]} is null") == 0


def test_late_rows_are_as_many_as_planted(company: Company) -> None:
    late = company.value(
        """
        with first_seen as (
            select history_id, any_value(changed_at) as changed_at, min(loaded_at) as loaded_at
            from crm_lead_history group by history_id
        ),
        first_load as (select min(loaded_at) as loaded_at from crm_lead_history)
        select count(*) from first_seen, first_load
        where first_seen.loaded_at > first_load.loaded_at
            and first_seen.loaded_at >= date_trunc('day', changed_at) + interval 48 hour
        """
    )
    assert late == company.summary["late_rows"]["crm_lead_history"] > 0


def test_malformed_rows_are_as_many_as_planted(company: Company) -> None:
    for name, reasons in company.summary["malformed_planted"].items():
        (path,) = [*(company.raw / name).glob("malformed.*")]
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                rows = [*csv.DictReader(file)]
        else:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len(rows) == sum(reasons.values())
        assert list(rows[0]) == list(RAW[name])
        assert sum(not row[KEYS[name]] for row in rows) == reasons["null_key"]


@pytest.mark.parametrize(("name", "column"), ADDRESSES)
def test_addresses_are_on_reserved_domains(company: Company, name: str, column: str) -> None:
    pattern = "(?i)[^@ ]+@[a-z0-9]+[.]example"
    bad = f"select count(*) from {name} where not regexp_full_match(trim({column}), '{pattern}')"
    assert company.value(bad) == 0


def test_telephone_numbers_are_fictional(company: Company) -> None:
    for name in ("form_submissions", "crm_leads", "crm_contacts"):
        fictional = "regexp_full_match(phone, '[+]1-555-01[0-9]{2}')"
        assert company.value(f"select count(*) from {name} where not {fictional}") == 0


@pytest.mark.parametrize(("name", "column"), TIMES)
def test_nothing_happens_after_the_last_load(company: Company, name: str, column: str) -> None:
    last = company.value("select max(loaded_at) from web_events")
    if (name, column) == ("campaigns", "ended_at"):
        return
    if column == "loaded_at":
        assert (
            company.value(
                f"select count(*) from {name} where loaded_at is null or loaded_at > '{last}'"
            )
            == 0
        )
    else:
        assert company.value(f"select count(*) from {name} where {column} > loaded_at") == 0


def test_one_backfill_then_nightly_loads(company: Company) -> None:
    loads = [row[0] for row in company.rows("select distinct loaded_at from web_events order by 1")]
    assert all((load.hour, load.minute) == (2, 0) for load in loads)
    assert (loads[1] - loads[0]).days <= 1
    early = company.value(
        "select count(*) from web_events where occurred_at < loaded_at - interval 40 day"
    )
    assert early > 0


def test_words_are_those_of_the_seeds(company: Company) -> None:
    with (SEEDS / "crm_status_map.csv").open(encoding="utf-8") as file:
        known = {(row["object_type"], row["raw_status"]) for row in csv.DictReader(file)}
    seen = {("lead", row[0]) for row in company.rows("select distinct status from crm_leads")}
    seen |= {
        ("lead", row[0])
        for row in company.rows(
            "select distinct new_value from crm_lead_history where field_name = 'status'"
        )
    }
    seen |= {
        ("opportunity", row[0])
        for row in company.rows("select distinct stage_name from crm_opportunities")
    }
    assert seen <= known
    assert ("lead", "Returned to Marketing") in seen
    with (SEEDS / "sales_teams.csv").open(encoding="utf-8") as file:
        teams = {row["team_id"] for row in csv.DictReader(file)}
    assert {row[0] for row in company.rows("select distinct team_id from crm_reps")} == teams


def test_the_history_ends_in_the_current_status(company: Company) -> None:
    differing = company.value(
        """
        with current_leads as (
            select distinct on (lead_id) lead_id, status
            from crm_leads order by lead_id, loaded_at desc
        ),
        last_changes as (
            select lead_id, arg_max(new_value, changed_at) as status
            from crm_lead_history where field_name = 'status' group by lead_id
        )
        select count(*) from current_leads inner join last_changes using (lead_id)
        where current_leads.status <> last_changes.status
        """
    )
    assert differing == 0


def test_merges_and_hand_backs_are_there(company: Company) -> None:
    merged = """
        select count(distinct lead_id) from crm_leads
        where merged_into_lead_id is not null and is_deleted
    """
    assert company.value(merged) == company.summary["merges"] > 0
    backs = """
        select count(*) from crm_lead_history
        where old_value in ('Returned to Marketing', 'Not Ready', 'No Budget') and new_value = 'MQL'
    """
    assert company.value(backs) > 0
    assert company.summary["hand_backs"] > 0
    assert company.summary["shared_devices"] > 0
    assert company.summary["persons_with_two_emails"] > 0


def test_the_black_hole_of_the_truth_is_the_one_in_the_crm(company: Company) -> None:
    found = company.value(
        """
        with touches as (
            select coalesce(lead_id, replace(contact_id, 'contact-', 'lead-')) as lead_id,
                occurred_at as at from crm_activities
            where not is_deleted and activity_type in ('call', 'email', 'meeting')
                and rep_id <> 'automation' and (direction, outcome) <> ('inbound', 'voicemail')
            union all
            select lead_id, changed_at from crm_lead_history
            where field_name = 'status' and new_value not in ('New', 'MQL')
        )
        select count(distinct (truth_handoffs.lead_id, cycle, handed_over_at)) from truth_handoffs
        where handed_over_at <= (select max(loaded_at) from web_events) - interval 14 day
            and not exists (
                select 1 from touches
                where touches.lead_id = truth_handoffs.lead_id
                    and touches.at between handed_over_at - interval 1 day
                        and handed_over_at + interval 14 day
            )
        """
    )
    assert found == company.summary["black_hole_handoffs"]
    assert company.value("select count(*) from truth_handoffs where black_hole") == found


def test_wins_of_the_truth_are_those_of_the_crm(company: Company) -> None:
    kept = "is_won and deal_type = 'New Business' and not coalesce(is_deleted, false)"
    deals = f"select count(distinct opportunity_id) from crm_opportunities where {kept}"
    found_by_sales = company.summary["found_by_sales_won"]
    won = company.value(f"{deals} and opportunity_id not like 'opp-s%'")
    assert won == company.summary["won"]
    assert company.value(deals) == won + found_by_sales > won
    assert sum(source["won"] for source in company.summary["by_lead_source"].values()) == won
    in_history = """
        select count(*) from (
            select arg_max(stage_name, changed_at) as stage_name
            from crm_opportunity_history group by opportunity_id
        )
        where stage_name = 'Closed Won'
    """
    assert company.value(in_history) == won


def test_rates_are_those_of_a_real_funnel(company: Company) -> None:
    assert 0.05 < company.summary["win_rate"] < 0.11
    assert 0.53 < company.summary["black_hole_share"] < 0.67
    soon = company.value(
        """
        select avg((won_at <= handed_over_at + interval 90 day)::int)
        from truth_handoffs where won_at is not null
        """
    )
    assert soon > 0.9


def test_identifiers_of_the_truth_occur_in_the_raw_tables(company: Company) -> None:
    strange = company.value(
        """
        with seen as (
            select lower(trim(email)) as value from form_submissions
            union select email from crm_leads
            union select email from crm_contacts
            union select email from email_events
            union select email from campaign_responses
            union select anonymous_id from web_events
            union select user_id from web_events
            union select lead_id from crm_leads
            union select contact_id from crm_contacts
        )
        select count(*) from truth_identifiers
        where not exists (select 1 from seen where value = identifier_value)
        """
    )
    assert strange == 0
    missing = company.value("select count(distinct lead_id) from crm_leads") - company.value(
        "select count(*) from truth_identifiers where identifier_type = 'crm_lead_id'"
    )
    assert missing == 0


@pytest.mark.parametrize("leads", [10, 50])
def test_small_companies_work(tmp_path: Path, leads: int) -> None:
    folders = ["--out", str(tmp_path / "raw"), "--truth", str(tmp_path / "truth")]
    assert main(["--leads", str(leads), *folders]) == 0
    assert all(parquet_of(tmp_path / "raw", name).exists() for name in RAW)
    assert main(["--leads", "20", "--days", "60", *folders]) == 0


def test_impossible_sizes_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--leads", "0", "--out", str(tmp_path)]) == 2
    assert "at least" in capsys.readouterr().err
