"""A build that lost what is published does not replace it, and says how to go on."""

from pathlib import Path

import duckdb
import pytest

from lead_funnel.command.app import main
from lead_funnel.publish.copy import publish
from lead_funnel.publish.floor import Counts, Limits, differences
from lead_funnel.warehouse import published_path

LIMITS = Limits(fewest_rows=100, lost_share=0.2, gained_share=1.0, quarantined_share=0.2)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        # Emptied: at any size, and also where all rows went into quarantine.
        (Counts(3), Counts(0), "had 3 rows and would have none"),
        (Counts(300), Counts(0, 300), "had 300 rows and would have none"),
        # Lost or gained: to the limit, and beyond it.
        (Counts(100), Counts(80), ""),
        (Counts(100), Counts(79), "21.0 % fewer"),
        (Counts(100), Counts(200), ""),
        (Counts(100), Counts(201), "101.0 % more"),
        # Few rows may change by any share; what was empty may fill.
        (Counts(99), Counts(1), ""),
        (Counts(0), Counts(5000), ""),
        # Quarantined: beyond the limit, and more than what was accepted before.
        (Counts(100), Counts(100, 25), ""),
        (Counts(100), Counts(100, 26), "26 rows in quarantine, 20.6 % of all"),
        (Counts(100, 25), Counts(100, 26), "26 rows in quarantine"),
        (Counts(100, 43), Counts(100, 47), ""),
        (Counts(100, 43), Counts(100, 60), "60 rows in quarantine"),
        (Counts(10), Counts(10, 80), ""),
    ],
)
def test_what_may_differ_and_what_may_not(before: Counts, after: Counts, told: str) -> None:
    found = differences({"raw.t": before}, {"raw.t": after}, LIMITS)
    if told:
        assert told in " ".join(found)
        assert all(line.startswith("raw.t ") for line in found)
    else:
        assert found == []


def test_a_table_that_only_one_of_them_has_is_not_compared() -> None:
    assert differences({"raw.old": Counts(500)}, {"raw.new": Counts(500)}, LIMITS) == []


def empty_leads(warehouse: Path) -> None:
    """As a night whose export of the leads held a header only."""
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("update marts.audit_raw_rows set rows_read = 0, rows_accepted = 0")
        writer.execute("create or replace view marts.dim_leads as "
                       "select null::uuid as lead_key, null as current_stage, null as owner_id, "
                       "null as crm_lead_id where false")  # fmt: skip


def test_a_vanished_export_leaves_the_old_copy_until_it_is_accepted(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = published_path(warehouse)
    assert main(["publish", "--db", str(warehouse)]) == 0
    before = to.read_bytes()
    empty_leads(warehouse)
    assert main(["publish", "--db", str(warehouse)]) == 1
    told = capsys.readouterr().err
    assert "raw.crm_leads had 1,200 rows and would have none" in told
    assert "marts.dim_leads had 1 rows and would have none" in told
    assert "--accept-changes" in told
    assert to.read_bytes() == before
    assert not list(warehouse.parent.glob(".*.new*"))
    assert main(["publish", "--db", str(warehouse), "--accept-changes"]) == 0
    assert to.read_bytes() != before
    # Accepted once, it is what the next night is compared with.
    assert main(["publish", "--db", str(warehouse)]) == 0


def test_limits_are_those_that_the_build_was_given(warehouse: Path) -> None:
    publish(warehouse, published_path(warehouse))
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("update marts.audit_raw_rows set rows_accepted = 900")
    assert main(["publish", "--db", str(warehouse)]) == 1
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("update marts.publishing_rules set most_lost_share = 0.3")
    assert main(["publish", "--db", str(warehouse)]) == 0


def test_a_copy_of_an_older_version_is_compared_as_far_as_it_goes(warehouse: Path) -> None:
    with duckdb.connect(str(published_path(warehouse))) as old:
        old.execute("create schema marts")
        old.execute("create table marts.fct_handoffs as select 1 as one from range(50)")
    assert main(["publish", "--db", str(warehouse)]) == 0
