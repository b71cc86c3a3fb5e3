"""What a build noticed is told in sentences with their remedies, and names nobody."""

from __future__ import annotations

import re

import pytest

from lead_funnel.language import written_in
from lead_funnel.report.said import said
from tests.messy.company import Messy

WARNING = "select affected_count, message, remedy from marts.data_warnings where kind = ?"


@pytest.mark.parametrize(
    ("kind", "subject", "count", "remedy"),
    [
        (
            "status_unmapped",
            "lead: With the Agency, 2nd line",
            1,
            'Add the line lead,"With the Agency, 2nd line",STAGE, with inquiry, mql,',
        ),
        (
            "source_unmapped",
            "zeppelin / banner, towed",
            1,
            'Add the line zeppelin,"banner, towed",,CHANNEL with',
        ),
        ("source_unmapped", "billboard", 2, "Add the line ,,billboard,CHANNEL with"),
    ],
)
def test_words_that_no_line_maps_come_with_the_line_to_add(
    messy: Messy, kind: str, subject: str, count: int, remedy: str
) -> None:
    found = messy.ask(f"{WARNING} and subject = ?", kind, subject)
    assert [row[0] for row in found] == [count]
    assert remedy in found[0][2]
    assert subject.removeprefix("lead: ") in found[0][1]


def test_default_words_of_new_crms_are_known(messy: Messy) -> None:
    subjects = {
        subject
        for (subject,) in messy.ask(
            "select subject from marts.data_warnings where kind = 'status_unmapped'"
        )
    }
    assert not subjects & {
        "lead: Working - Contacted",
        "lead: ATTEMPTED_TO_CONTACT",
        "opportunity: presentationscheduled",
    }
    stages = dict(
        messy.ask(
            "select crm_lead_id, current_stage from marts.dim_leads "
            "where crm_lead_id in ('warn-salesforce', 'warn-hubspot')"
        )
    )
    assert stages == {"warn-salesforce": "sal", "warn-hubspot": "sql"}


def test_a_status_that_no_line_maps_is_an_anomaly_with_its_remedy(messy: Messy) -> None:
    [(detail,)] = messy.ask(
        "select detail from marts.stage_anomalies where source_id = 'warn-agency2'"
    )
    assert "add a line for it" in detail


def test_rows_and_requests_of_nobody_are_counted(messy: Messy) -> None:
    [(rows, message, _)] = messy.ask(f"{WARNING} and subject = 'email_events'", "events_of_nobody")
    assert rows >= 1
    assert "belong to nobody" in message
    [(requests, _, remedy)] = messy.ask(WARNING, "erasure_names_nobody")
    assert requests >= 1
    assert "Ask" in remedy


def test_a_warning_shows_no_address_that_somebody_typed(messy: Messy) -> None:
    everything = messy.ask("select kind, subject, message, remedy from marts.data_warnings")
    # What unreadable values look like is shown in capitals and nines: AAA@AAA.
    assert not [row for row in everything if re.search(r"[a-z]\S*@|@\S*[a-z]", " ".join(row))]
    assert ("lead: (an address)",) in messy.ask(
        "select subject from marts.data_warnings where kind = 'status_unmapped'"
    )


def test_teams_of_fewer_than_three_are_shown_together(messy: Messy) -> None:
    teams = dict(
        messy.ask(
            "select crm_lead_id, team_id from marts.fct_handoffs inner join marts.dim_leads "
            "using (lead_key) where crm_lead_id like 'warn-of-%'"
        )
    )
    assert teams == {
        "warn-of-solo": "small_teams",
        "warn-of-duo": "small_teams",
        "warn-of-crew": "warn-crew",
    }
    shown = {value for (value,) in messy.ask(
        "select dimension_value from marts.funnel_conversion where dimension = 'team'"
    )}  # fmt: skip
    assert shown & {"small_teams", "warn-crew"} == {"small_teams", "warn-crew"}
    assert not shown & {"warn-solo", "warn-duo"}


def test_warnings_are_translated(messy: Messy) -> None:
    """But for what is said of files, and the many remedies for identifiers of too much."""
    found = messy.ask(
        "select message, case when kind != 'identity_oversize' then remedy end "
        "from marts.data_warnings where kind not like 'file_%'"
    )
    assert len(found) > 20
    with written_in("de"):
        sentences = {one for both in found for one in both if one and said(one) == one}
    assert sentences == set()
