"""The command `lead-funnel sources`: what is there, what is read of it, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lead_funnel.command.app import main
from lead_funnel.sources.look import Connectors
from lead_funnel.sources.settings import Opened
from lead_funnel.warehouse import open_beside

Connect = Callable[[], duckdb.DuckDBPyConnection]
PROJECT = Path(__file__).resolve().parents[2]
STAGED = "staging.segment__web_events"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Give a warehouse with two CRMs and a site, each with something amiss."""
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """
            create schema hubspot_us;
            create table hubspot_us.contact_v2 as
            select
                501 + i as id,
                'ada' || i || '@one.example' as property_email,
                timestamp '2024-05-01 10:00:00' as property_createdate,
                timestamp '2024-05-02 10:00:00' as property_lastmodifieddate,
                if(i < 3, 'Nurturing, cold', 'lead') as property_lifecyclestage,
                'Trade fair' as property_hs_analytics_source,
                if(i = 0, 'eve@two.example', 'Elbonia') as property_country,
                'gold' as property_customer_tier,
                'Ada' as property_firstname,
                'Ash' as property_lastname,
                'One' as property_company,
                'CTO' as property_jobtitle,
                '1' as property_hubspot_owner_id,
                timestamp '2024-05-03 04:00:00' as _fivetran_synced
            from range(4) as rows (i);
            create schema site;
            create table site.pages as
            select
                'p' || i as id, 'a1' as anonymous_id, timestamp '2024-05-01 10:00:00' as timestamp,
                1714557600 as received_at, 'https://site.example/' as url
            from range(1200) as rows (i);
            create schema salesforce;
            create table salesforce.Lead as
            select
                '00Q1' as Id, 'Open' as Status, 'ada@one.example' as Email, 'Ada' as FirstName,
                'Ash' as LastName, timestamp '2024-05-01' as CreatedDate, 'One' as Company,
                timestamp '2024-05-01' as SystemModstamp, 'Web' as LeadSource, '005x' as OwnerId,
                'https://one.example' as Website, 'CTO' as Title, false as IsDeleted;
            create schema hr;
            create table hr.lead as select 1 as id, 'x' as email;
            """
        )
    return file


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Give two folders as people export them, under names of their own."""
    folder = tmp_path / "exports"
    (folder / "our hubspot").mkdir(parents=True)
    (folder / "our hubspot" / "all-people-2024.csv").write_text(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Lead Status,Contact owner,"
        "Create Date,Shoe size\n501,Ada,Ash,ada@one.example,Lead,New,Rep One,2024-05-01 10:00,39\n",
        encoding="utf-8",
    )
    (folder / "reports").mkdir()
    (folder / "reports" / "report1.csv").write_text(
        "Leads of this year\nAs of 2024-05-03\n\n"
        "Lead ID,First Name,Last Name,Email,Company / Account,Lead Status,Lead Source,Lead Owner\n"
        "00Q1,Ada,Ash,ada@one.example,One,Open,Web,Rep One\n",
        encoding="utf-8",
    )
    return folder


def run(*arguments: object) -> int:
    return main(["sources", "--project-dir", str(PROJECT), *map(str, arguments)])


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "my_sources.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_it_says_what_is_there_and_what_is_missing(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = written(
        tmp_path,
        """
        sources:
          - {tool: hubspot, name: hubspot_us, tables: {contact: contact_v2},
             columns: {contact.industry: property_customer_tier}}
          - {tool: segment, name: site}
        """,
    )
    assert run("--db", db, "--sources", sources) == 0
    said = capsys.readouterr().out
    assert "hubspot_us: hubspot, schema hubspot_us" in said
    assert "crm_leads: 4 rows" in said
    assert "follow-up by sales cannot be seen" in said
    assert "table contact (called contact_v2): 4 rows, newest 2024-05-03 04:00" in said
    assert "lead_id=id, created_at=property_createdate" in said
    assert "industry=property_customer_tier" in said
    assert "web_events: 1,200 rows" in said
    assert "table pages: 1,200 rows, newest 2024-05-01 10:00" in said
    assert "missing tables: screens, tracks, identifies, aliases" in said
    # The lines to add, as a CSV file has them.
    assert '\n  lead,"Nurturing, cold",STAGE,\n' in said
    assert "\n  ,,Trade fair,CHANNEL\n" in said
    assert "\n  Elbonia,XX\n" in said


def test_types_and_pipelines_of_deals_are_told_that_no_line_maps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are compared without signs, as the models do, each with its own lines."""
    file = tmp_path / "deals.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """
            create schema sf;
            create table sf.opportunity as
            select
                '006' || i as id, 'Prospecting' as stage_name,
                timestamp '2024-05-01' as created_date,
                ['Existing-Customer', 'newbusiness', 'Barter, once', 'barter once'][i + 1] as type,
                ['Renewal Pipeline', 'Partners', 'partners', 'Upgrade'][i + 1] as record_type_id
            from range(4) as rows (i);
            """
        )
    sources = written(tmp_path, "[{tool: salesforce, name: sf}]")
    assert run("--db", file, "--sources", sources) == 0
    said = " ".join(capsys.readouterr().out.split("No line of the seeds maps ")[1:])
    kinds = "with new_business, expansion or renewal for KIND"
    assert f"1 of the types of deals, in 2 rows. Add to seeds/deal_types.csv, {kinds}" in said
    assert '\n  deal_type,"Barter, once",KIND\n' in said
    assert "2 of the pipelines of deals, in 3 rows." in said
    assert "\n  pipeline,Partners,KIND\n  pipeline,Upgrade,KIND\n" in said
    assert "Existing" not in said and "Renewal" not in said


def test_it_says_nothing_personal(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = written(
        tmp_path, "[{tool: hubspot, name: hubspot_us, tables: {contact: contact_v2}}]"
    )
    assert run("--db", db, "--sources", sources) == 0
    assert "@" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: [{tool: hubspot", "line 1: this is not valid YAML"),
        ("tools: []", "has no list `sources`"),
        ("sources: hubspot", "is not a list"),
        ("sources: [{tool: pipedrive, name: a}]", "names the tool pipedrive, which is none of"),
        ("sources: [{tool: hubspot, name: a, shema: b}]", "says shema, which is none of"),
        ("sources: [{tool: segment, name: shop}]", "There is no schema shop for shop"),
        (
            "sources: [{tool: segment, name: a, database: crm}]",
            "The database crm of a is not known",
        ),
        ("sources: [{tool: segment, name: a, database: no.db}]", "There is no database at"),
        (
            "sources: [{tool: segment, name: site, tables: {page: my_pages}}]",
            "segment has no such table. Its tables: pages, screens, tracks",
        ),
        (
            "sources: [{tool: segment, name: site, columns: {pages.mail: address}}]",
            "what pages.mail is called, and nothing reads it. Columns of pages: event_id",
        ),
        (
            "sources: [{tool: segment, name: site, columns: {pages.email: address}}]",
            "pages.email of site is called address, which",
        ),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert run("--db", db, "--sources", written(tmp_path, text)) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_an_empty_list_is_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--db", tmp_path / "none.duckdb", "--sources", written(tmp_path, "sources: []")) == 0
    assert "--detect" in capsys.readouterr().out


def test_tools_are_recognised_by_their_tables(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of another name is found by its columns; one of the name alone is nobody's."""
    assert run("--detect", db) == 0
    proposed = capsys.readouterr().out
    assert "hr" not in proposed
    assert "tool: hubspot, name: hubspot_us, schema: hubspot_us" in proposed
    assert "tables: {contact: contact_v2}" in proposed
    assert "tool: salesforce, name: salesforce, schema: salesforce" in proposed
    assert "tool: segment, name: site, schema: site" in proposed
    # What is proposed can be used as it is.
    assert run("--db", tmp_path / "none.duckdb", "--sources", written(tmp_path, proposed)) == 0
    assert "crm_leads: 4 rows" in capsys.readouterr().out


def test_folders_of_exports_are_recognised_by_their_headers(
    exports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = tmp_path / "none.duckdb"
    assert run("--db", none, "--detect", exports) == 0
    proposed = capsys.readouterr().out
    assert f"tool: hubspot, name: our_hubspot, path: {exports / 'our hubspot'}" in proposed
    assert f"tool: salesforce, name: reports, path: {exports / 'reports'}" in proposed
    assert run("--db", none, "--sources", written(tmp_path, proposed)) == 0
    said = capsys.readouterr().out
    assert "lead_id=Record ID" in said
    assert "second_status=Lead Status" in said
    assert "not read: Shoe size" in said
    assert "company_name=Company / Account" in said
    assert said.count("crm_leads: 1 row\n") == 2


def test_its_views_are_those_that_dbt_makes(connect: Connect, web_db: Path) -> None:
    """The command renders the project's own views; dbt's answer the same."""
    with connect() as connection:
        made = [str(row[:2]) for row in connection.execute(f"describe {STAGED}").fetchall()]
        [(count,)] = connection.execute(f"select count(*) from {STAGED}").fetchall()
    entries = [{"tool": "segment", "name": name} for name in ("site", "segment_sample")]
    with open_beside({"warehouse": web_db}) as connection:
        opened = Opened(connection, "warehouse", entries)
        view = Connectors(PROJECT, opened, {}).view("segment", "web_events")
        assert connection.execute(f"select count(*) from {view}").fetchall() == [(count,)]
        described = connection.execute(f"describe {view}").fetchall()
        assert [str(row[:2]) for row in described] == made
