from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from demo.olist import DEALS_FILE, LEADS_FILE, main

OLIST = Path(__file__).parents[2].parent / "shared/data/olist"


def write_source(folder: Path, leads: str, deals: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / LEADS_FILE).write_text(leads, encoding="utf-8")
    (folder / DEALS_FILE).write_text(deals, encoding="utf-8")


def test_null_and_unknown_origin_stay_two_things(tmp_path: Path) -> None:
    write_source(
        tmp_path / "source",
        "mql_id,first_contact_date,landing_page_id,origin\na,2018-01-02,p,\nb,2018-01-03,q,unknown\n",
        "mql_id,seller_id,sr_id,won_date,lead_type\nb,s,r,2018-02-01 10:11:12,offline\n",
    )
    out = tmp_path / "raw"
    assert main(["--source", str(tmp_path / "source"), "--out", str(out)]) == 0
    connection = duckdb.connect()
    leads = connection.execute(
        f"select lead_id, lead_source, status from '{out}/crm_leads.parquet' order by 1"
    )
    assert leads.fetchall() == [("a", None, None), ("b", "unknown", None)]
    deals = connection.execute(
        f"""
        select opportunity_id, lead_id, owner_id, is_won, closed_at::text, amount
        from '{out}/crm_opportunities.parquet'
        """
    )
    assert deals.fetchall() == [("b", "b", "r", True, "2018-02-01 10:11:12", None)]


@pytest.mark.parametrize(
    ("leads", "word"),
    [
        ("mql_id,first_contact_date,origin\na,2018-01-02,x\n", "landing_page_id"),
        ("mql_id,first_contact_date,landing_page_id,origin\na,soon,p,x\n", "soon"),
    ],
)
def test_wrong_files_end_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], leads: str, word: str
) -> None:
    write_source(tmp_path / "source", leads, "mql_id,sr_id,won_date\n")
    assert main(["--source", str(tmp_path / "source"), "--out", str(tmp_path / "raw")]) == 2
    message = capsys.readouterr().err
    assert word in message
    assert message.count("\n") == 1


def test_a_missing_file_ends_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--source", str(tmp_path / "nowhere"), "--out", str(tmp_path / "raw")]) == 2
    message = capsys.readouterr().err
    assert "missing" in message
    assert message.count("\n") == 1


@pytest.mark.skipif(not OLIST.is_dir(), reason=f"the Olist data set is not at {OLIST}")
def test_counts_are_those_of_the_published_files(tmp_path: Path) -> None:
    assert main(["--source", str(OLIST), "--out", str(tmp_path)]) == 0
    connection = duckdb.connect()
    counts = {
        name: connection.execute(f"select count(*) from '{tmp_path}/{name}.parquet'").fetchall()[0][
            0
        ]
        for name in ("crm_leads", "campaign_responses", "crm_opportunities")
    }
    assert counts == {"crm_leads": 8000, "campaign_responses": 8000, "crm_opportunities": 842}
    facts = json.loads((OLIST / "expected_facts.json").read_text(encoding="utf-8"))
    by_origin = connection.execute(
        f"""
        select coalesce(lead_source, '(null)'), count(*), count(opportunity_id)
        from '{tmp_path}/crm_leads.parquet'
        left join '{tmp_path}/crm_opportunities.parquet' using (lead_id)
        group by all
        """
    ).fetchall()
    assert {row[0]: {"mql": row[1], "won": row[2]} for row in by_origin} == facts["by_origin"]
