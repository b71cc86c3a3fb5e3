"""Orgs of Salesforce as loaders and a person leave them."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.sources.crm_views import SHARED, Tables, company, fill_from_files, make_views

FIXTURE = SHARED / "salesforce"
LEAD = "00Q000000000001AAA"
CONTACT = "003000000000001AAA"
OTHER_CONTACT = "003000000000002AAA"
DEAL = "006000000000001AAA"
REP = "005000000000001AAA"
QUEUE = "00G000000000001AAA"


def synced(**values: Any) -> dict[str, Any]:
    return {"_fivetran_synced": "2025-03-01 05:00:00", **values}


# As Fivetran leaves it: words with underscores.
ORG: Tables = {
    "lead": [
        synced(
            id=LEAD,
            created_date="2025-01-10 09:00:00",
            last_modified_date="2025-02-01 09:00:00",
            email="ada@one.example",
            first_name="Ada",
            company="One",
            title="CTO",
            mobile_phone="+49 30 1234567",
            country="Germany",
            country_code="DE",
            number_of_employees="50",
            lead_source="Web",
            lead_source_detail_c="Pricing page",
            gclid_c="Cj0abc",
            status="Converted",
            rating="Hot",
            owner_id=QUEUE,
            converted_date="2025-01-20",
            converted_contact_id=CONTACT,
            converted_opportunity_id=DEAL,
            has_opted_out_of_email="false",
            do_not_call="true",
            is_deleted="false",
        ),
        synced(id="00Q2", master_record_id=LEAD, is_deleted="true"),
        # Versions that the loader kept: the last one counts, and one that ended is gone.
        synced(id="00Q3", status="New", _fivetran_active="false", _fivetran_start="2025-01-01"),
        synced(id="00Q3", status="Working", _fivetran_active="true", _fivetran_start="2025-01-02"),
        synced(id="00Q4", status="New", _fivetran_active="false", _fivetran_start="2025-01-01"),
        synced(id="00Q4", status="Dead", _fivetran_active="false", _fivetran_start="2025-01-03"),
        synced(id="00Q5", first_mql_date_c="2025-01-04", first_sql_date_c="2025-01-08"),
    ],
    "lead_history": [
        synced(
            id=f"h{number}",
            lead_id=LEAD,
            field=field,
            old_value=old,
            new_value=new,
            created_date=f"2025-01-{day} 10:00:00",
            created_by_id=REP,
        )
        for number, (day, field, old, new) in enumerate(
            [
                ("10", "created", None, None),
                ("12", "Status", "New", "Working"),
                ("13", "Owner", "Ann Rep", "Sales Queue"),
                ("13", "Owner", REP, QUEUE),
                ("14", "Title", "CEO", "CTO"),
                ("15", "Favourite_Colour__c", "red", "blue"),
                ("20", "leadConverted", None, None),
            ]
        )
    ],
    "contact": [
        # Its stamp is older than what it holds.
        {
            "_fivetran_synced": "2025-01-01 00:00:00",
            "id": CONTACT,
            "created_date": "2025-01-20 10:00:00",
            "last_modified_date": "2025-02-01 10:00:00",
            "mailing_country": "Germany",
            "account_id": "001A",
            "lead_source": "Web",
        },
        synced(id="003B", master_record_id=CONTACT, is_deleted="true"),
    ],
    "account": [
        synced(id="001A", name="One", website="https://www.one.example/de", is_deleted="false"),
        synced(id="001B", name="One again", master_record_id="001A", is_deleted="false"),
    ],
    "record_type": [{"id": "012A", "name": "Renewals"}],
    "opportunity": [
        synced(
            id=DEAL,
            account_id="001A",
            owner_id=REP,
            created_date="2025-01-20 10:00:00",
            stage_name="Closed Won",
            amount="900",
            currency_iso_code="EUR",
            is_closed="true",
            is_won="true",
            close_date="2025-02-10",
            type="Existing Customer - Upgrade",
            record_type_id="012A",
            campaign_id="701A",
            loss_reason_c="none",
            is_deleted="false",
        ),
        synced(id="006B", stage_name="Prospecting", is_deleted="true"),
    ],
    "opportunity_contact_role": [
        synced(id="00K1", opportunity_id=DEAL, contact_id=CONTACT, role="User", is_primary="false"),
        synced(
            id="00K2",
            opportunity_id=DEAL,
            contact_id=OTHER_CONTACT,
            role="Buyer",
            is_primary="true",
        ),
        synced(id="00K3", opportunity_id=DEAL, contact_id=CONTACT, role="Other", is_deleted="true"),
    ],
    "opportunity_history": [
        synced(
            id="008A",
            opportunity_id=DEAL,
            stage_name="Prospecting",
            amount="800",
            created_date="2025-01-20 10:00:00",
        )
    ],
    "opportunity_field_history": [
        # The history tells of this one already.
        synced(id="x1", opportunity_id=DEAL, field="StageName", new_value="Proposal"),
        synced(
            id="x2",
            opportunity_id="006B",
            field="StageName",
            new_value="Proposal",
            created_date="2025-01-21 10:00:00",
        ),
        synced(id="x3", opportunity_id="006B", field="Probability", new_value="50"),
    ],
    "task": [
        synced(
            id="00T1",
            task_subtype="Call",
            call_type="Inbound",
            call_disposition="Reached",
            call_duration_in_seconds="200",
            completed_date_time="2025-02-01 10:00:00",
            activity_date="2025-02-09",
            who_id=LEAD,
            what_id=DEAL,
            owner_id=REP,
            is_closed="true",
            status="Completed",
        ),
        synced(id="00T2", task_subtype="Task", who_id=LEAD, is_closed="false", status="Open"),
        synced(id="00T3", task_subtype="Email", activity_date="2025-02-02", is_closed="true"),
        synced(id="00T4", task_subtype="LinkedIn", activity_date="2025-02-03", is_closed="true"),
        # As dialers write it.
        synced(
            id="00T5", task_subtype="Task", type="Call", activity_date="2025-02-04", is_closed="1"
        ),
        synced(
            id="00T6",
            task_subtype="Task",
            type="Prepare",
            activity_date="2025-02-05",
            status="Completed",
        ),
    ],
    "task_relation": [
        {"id": "r1", "task_id": "00T1", "relation_id": CONTACT},
        # The same lead, in the shorter form of its id; and what the task is about.
        {"id": "r2", "task_id": "00T1", "relation_id": LEAD[:15]},
        {"id": "r3", "task_id": "00T1", "relation_id": DEAL},
    ],
    "event": [
        synced(
            id="00U1",
            start_date_time="2025-02-06 10:00:00",
            duration_in_minutes="30",
            who_id=CONTACT,
            owner_id=REP,
            is_child="false",
        ),
        synced(id="00U2", start_date_time="2025-02-06 10:00:00", is_child="true"),
        synced(id="00U3", type="Call", activity_date_time="2025-03-20 10:00:00"),
    ],
    "email_message": [
        synced(id="02s1", activity_id="00T3", message_date="2025-02-02 10:00:00", status="3"),
        synced(
            id="02s2",
            message_date="2025-02-07 10:00:00",
            incoming="true",
            related_to_id=DEAL,
            status="2",
        ),
        synced(id="02s3", message_date="2025-02-07 10:00:00", status="5"),
    ],
    "email_message_relation": [{"id": "e1", "email_message_id": "02s2", "relation_id": CONTACT}],
    "campaign": [
        synced(id="701A", name="Spring fair", type="Trade Show", start_date="2025-03-01"),
        synced(id="701B", name="How to", type="Webinar"),
        synced(id="701C", name="Odd", type="Barbecue"),
    ],
    "campaign_member": [
        synced(
            id=f"00v{number}",
            campaign_id=campaign,
            lead_id=LEAD,
            status=status,
            has_responded=responded,
            first_responded_date=f"2025-02-0{number}",
            created_date="2025-01-30 10:00:00",
        )
        for number, (campaign, status, responded) in enumerate(
            [
                ("701A", "Sent", "false"),
                ("701A", "Attended", "true"),
                ("701B", "Attended", "true"),
                ("701C", "Responded", "true"),
            ],
            start=1,
        )
    ],
    "user": [
        synced(
            id=REP, name="Ann Rep", email="ann@us.example", is_active="true", user_role_id="00E1"
        ),
        synced(
            id="005B", first_name="Ben", last_name="Rep", is_active="true", _fivetran_deleted="true"
        ),
    ],
    "group": [synced(id=QUEUE, name="Sales Queue")],
}

# As the API spells it, and without what few loaders sync.
NATIVE: Tables = {
    "Lead": [
        {"Id": "00QN", "CreatedDate": "2025-01-10T09:00:00Z", "LeadSource": "Web", "GCLID__c": "x"}
    ],
    "Opportunity": [{"Id": "006N", "StageName": "Prospecting", "IsDeleted": "false"}],
}
# As Stitch spells it.
STITCHED: Tables = {
    "lead": [
        {
            "id": "00QS",
            "convertedaccountid": "001S",
            "isdeleted": "true",
            "_sdc_batched_at": "2025-03-01",
        }
    ]
}
# A table of versions in place of a history.
VERSIONS: Tables = {
    "opportunity_history": [
        {
            "id": "006V",
            "stage_name": stage,
            "_fivetran_active": active,
            "_fivetran_start": f"2025-01-{day} 10:00:00",
        }
        for day, stage, active in [("20", "Prospecting", "false"), ("22", "Closed Lost", "true")]
    ]
}
# A report that a person exported.
REPORTED: Tables = {
    "lead": [
        {
            "Lead ID": "00QR",
            "First Name": "Kim",
            "Last Name": "Seven",
            "Email": "kim@seven.example",
            "Company / Account": "Seven Ltd",
            "Lead Status": "Working - Contacted",
            "Lead Source": "Phone Inquiry",
            "Lead Owner": "Ann Rep",
            "Create Date": "2025-01-12",
            "Converted Date": "2025-01-15",
        }
    ],
    "lead_history": [
        {
            "Lead ID": "00QR",
            "Field / Event": field,
            "Old Value": "Old",
            "New Value": new,
            "Edit Date": "2025-01-13 09:00",
            "Edited By": "Ann Rep",
        }
        for field, new in [("Lead Status", "Working - Contacted"), ("Lead Owner", "Ann Rep")]
    ],
    "opportunity": [
        {
            "Opportunity ID": "006R",
            "Stage": "Closed Won",
            "Won": "1",
            "Opportunity Owner": "Ann Rep",
        }
    ],
}


@pytest.fixture(scope="module")
def salesforce() -> duckdb.DuckDBPyConnection:
    return company(
        "salesforce",
        {
            "org": ORG,
            "native": NATIVE,
            "stitched": STITCHED,
            "versions": VERSIONS,
            "reported": REPORTED,
            "bare": {},
        },
    )


def ask(connection: duckdb.DuckDBPyConnection, columns: str, rest: str) -> list[tuple[Any, ...]]:
    """Ask a view; the rows in the order of their columns."""
    return connection.execute(f"select {columns} from {rest} order by all").fetchall()


def test_a_lead_has_the_moment_of_its_conversion(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "email, company_name, job_title, phone, country_code, employee_count, lead_source, "
        "lead_source_detail, click_id, status, rating, owner_id, converted_at, "
        "converted_contact_id, converted_opportunity_id, has_opted_out_of_email, do_not_call"
    )
    assert ask(salesforce, columns, f"salesforce__crm_leads where lead_id = '{LEAD}'") == [
        (
            "ada@one.example",
            "One",
            "CTO",
            "+49 30 1234567",
            "DE",
            "50",
            "Web",
            "Pricing page",
            "Cj0abc",
            "Converted",
            "Hot",
            QUEUE,
            "2025-01-20 10:00:00",
            CONTACT,
            DEAL,
            "false",
            "true",
        )
    ]


def test_the_last_version_of_a_record_counts(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, status, merged_into_lead_id, is_deleted"
    assert ask(salesforce, columns, "salesforce__crm_leads where lead_id like '00Q_'") == [
        ("00Q2", None, LEAD, "true"),
        ("00Q3", "Working", None, "false"),
        ("00Q4", "Dead", None, "true"),
        ("00Q5", None, None, "false"),
        ("00QN", None, None, None),
        ("00QR", "Working - Contacted", None, None),
        ("00QS", None, None, "true"),
    ]


def test_loaders_spell_one_column_in_many_ways(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, created_at, lead_source, click_id, converted_account_id, loaded_at"
    where = "salesforce__crm_leads where source in ('native', 'stitched')"
    assert ask(salesforce, columns, where) == [
        ("00QN", "2025-01-10T09:00:00Z", "Web", "x", None, None),
        ("00QS", None, None, None, "001S", "2025-03-01"),
    ]


def test_a_report_that_a_person_exported_says_the_same(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "lead_id, email, company_name, status, lead_source, owner_id, created_at, converted_at"
    )
    assert ask(salesforce, columns, "salesforce__crm_leads where source = 'reported'") == [
        (
            "00QR",
            "kim@seven.example",
            "Seven Ltd",
            "Working - Contacted",
            "Phone Inquiry",
            "Ann Rep",
            "2025-01-12",
            "2025-01-15",
        )
    ]
    columns = "opportunity_id, stage_name, is_won, owner_id"
    assert ask(salesforce, columns, "salesforce__crm_opportunities where source = 'reported'") == [
        ("006R", "Closed Won", "1", "Ann Rep")
    ]


def test_tracked_fields_are_the_history(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "lead_id, changed_at, field_name, old_value, new_value"
    assert ask(salesforce, columns, "salesforce__crm_lead_history") == [
        (LEAD, "2025-01-12 10:00:00", "status", "New", "Working"),
        (LEAD, "2025-01-13 10:00:00", "owner_id", REP, QUEUE),
        (LEAD, "2025-01-14 10:00:00", "job_title", "CEO", "CTO"),
        ("00Q5", "2025-01-04", "status", None, "MQL"),
        ("00Q5", "2025-01-08", "status", "MQL", "SQL"),
        ("00QR", "2025-01-13 09:00", "owner_id", "Old", "Ann Rep"),
        ("00QR", "2025-01-13 09:00", "status", "Old", "Working - Contacted"),
    ]


def test_a_record_was_not_loaded_before_it_changed(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "contact_id, country_code, merged_into_contact_id, is_deleted, loaded_at"
    assert ask(salesforce, columns, "salesforce__crm_contacts") == [
        (CONTACT, "Germany", None, "false", "2025-02-01 10:00:00"),
        ("003B", None, CONTACT, "true", "2025-03-01 05:00:00"),
    ]


def test_a_merged_account_is_deleted(salesforce: duckdb.DuckDBPyConnection) -> None:
    assert ask(salesforce, "account_id, domain, is_deleted", "salesforce__crm_accounts") == [
        ("001A", "https://www.one.example/de", "false"),
        ("001B", None, "true"),
    ]


def test_a_deal_belongs_to_the_people_with_a_role(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "opportunity_id, account_id, contact_id, pipeline, deal_type, campaign_id, stage_name, "
        "amount, currency_code, closed_at, lost_reason, is_deleted"
    )
    assert ask(salesforce, columns, "salesforce__crm_opportunities where source = 'org'") == [
        (
            DEAL,
            "001A",
            OTHER_CONTACT,
            "Renewals",
            "Existing Customer - Upgrade",
            "701A",
            "Closed Won",
            "900",
            "EUR",
            "2025-02-10",
            "none",
            "false",
        ),
        ("006B", *[None] * 5, "Prospecting", *[None] * 4, "true"),
    ]
    columns = "contact_id, role, is_primary, is_deleted"
    assert ask(salesforce, columns, "salesforce__crm_opportunity_contacts") == [
        (CONTACT, "User", "false", "false"),
        (OTHER_CONTACT, "Buyer", "true", "false"),
    ]


def test_a_history_may_be_one_of_versions_or_of_fields(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = "opportunity_id, changed_at, stage_name, amount, history_id"
    assert ask(salesforce, columns, "salesforce__crm_opportunity_history") == [
        (DEAL, "2025-01-20 10:00:00", "Prospecting", "800", "008A"),
        ("006B", "2025-01-21 10:00:00", "Proposal", None, "x2"),
        ("006V", "2025-01-20 10:00:00", "Prospecting", None, "006V|2025-01-20 10:00:00"),
        ("006V", "2025-01-22 10:00:00", "Closed Lost", None, "006V|2025-01-22 10:00:00"),
    ]


def test_what_was_done_is_an_activity_of_each_person(
    salesforce: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "activity_id, activity_type, direction, occurred_at, lead_id, contact_id, opportunity_id, "
        "outcome, duration_minutes, is_completed"
    )
    assert ask(salesforce, columns, "salesforce__crm_activities") == [
        ("00T1", "call", "inbound", "2025-02-01 10:00:00", LEAD, None, DEAL, "Reached", "3", None),
        (
            "00T1",
            "call",
            "inbound",
            "2025-02-01 10:00:00",
            None,
            CONTACT,
            DEAL,
            "Reached",
            "3",
            None,
        ),
        ("00T3", "email", None, "2025-02-02", *[None] * 6),
        ("00T4", "message", None, "2025-02-03", *[None] * 6),
        ("00T5", "call", None, "2025-02-04", *[None] * 6),
        ("00T6", "task", None, "2025-02-05", None, None, None, "Completed", None, None),
        ("00U1", "meeting", None, "2025-02-06 10:00:00", None, CONTACT, None, None, "30", None),
        ("00U3", "call", None, "2025-03-20 10:00:00", *[None] * 5, "false"),
        ("02s2", "email", "inbound", "2025-02-07 10:00:00", None, CONTACT, DEAL, None, None, None),
    ]


def test_who_responded_to_what(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "response_id, campaign_id, occurred_at, crm_lead_id, response_type"
    assert ask(salesforce, columns, "salesforce__campaign_responses") == [
        ("00v2", "701A", "2025-02-02", LEAD, "trade_fair"),
        ("00v3", "701B", "2025-02-03", LEAD, "webinar_attended"),
        ("00v4", "701C", "2025-02-04", LEAD, "Responded"),
    ]
    assert ask(salesforce, "campaign_id, channel", "salesforce__campaigns") == [
        ("701A", "event"),
        ("701B", "event"),
        ("701C", "Barbecue"),
    ]


def test_users_and_named_owners_are_reps(salesforce: duckdb.DuckDBPyConnection) -> None:
    columns = "source, rep_id, name, team_id, is_active"
    assert ask(salesforce, columns, "salesforce__crm_reps") == [
        ("org", REP, "Ann Rep", "00E1", "true"),
        ("org", "005B", "Ben Rep", None, "false"),
        ("reported", "Ann Rep", "Ann Rep", None, "true"),
    ]


@pytest.mark.skipif(
    not FIXTURE.exists(), reason="The tables of Salesforce's own package are not there"
)
def test_the_tables_of_its_own_package() -> None:
    connection = duckdb.connect()
    fill_from_files(connection, "sample", FIXTURE)
    make_views(connection, "salesforce", [{"name": "sample"}])

    def count(view: str, condition: str = "true") -> int:
        asked = f"select count(*) from salesforce__{view} where {condition}"
        return int(connection.execute(asked).fetchall()[0][0])

    assert count("crm_accounts") == 10
    assert count("crm_contacts") == 4
    assert count("crm_opportunities") == count("crm_opportunities", "is_deleted = 'true'") == 10
    assert count("crm_leads", "status = 'Converted'") == 1
    assert count("crm_activities") == 20
    assert count("crm_activities", "activity_type = 'task'") == 10
    assert count("crm_activities", "activity_type = 'call'") == 6
    assert count("crm_activities", "activity_type = 'meeting'") == 4
    assert count("crm_reps") == 10
