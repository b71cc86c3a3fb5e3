"""What changed a lead's points and probability since the last published run."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engines.given import VERSION, insert_model
from tests.dbt_runs import RunDbt
from tests.points.people import EXAMPLE

THEN = "2025-12-01 02:00:00"
NOW = "2026-01-31 02:00:00"
# What reads the scores that were published, but for whom they must forget.
READERS = ("fresh_score_changes", "int_previous_model_logits", "score_changes")
PARTS = (
    "new_events", "decay", "cycle_reset", "fit", "identity", "rules", "corrections",
)  # fmt: skip

Changes = dict[str, Any]


class Company:
    """A warehouse that is built and published as of different moments."""

    def __init__(self, raw: Path, db: Path, run_dbt: RunDbt) -> None:
        self.raw, self.db, self.run_dbt = raw, db, run_dbt

    def dbt(self, *words: str, as_of: str) -> None:
        run = self.run_dbt(list(words), raw=self.raw, db=self.db, variables={"as_of": as_of})
        assert run.success, run.log

    def build(self, as_of: str, *since: str) -> None:
        """Build all of it, or only what follows from what was changed since the last build."""
        chosen = [f"{changed}+,+score_changes" for changed in since] or ["+score_changes"]
        self.dbt("run", "--select", *chosen, as_of=as_of)

    def publish(self, as_of: str) -> None:
        self.dbt("run-operation", "record_published_scores", as_of=as_of)

    def execute(self, sql: str) -> None:
        with duckdb.connect(str(self.db)) as connection:
            connection.execute(sql)

    def rows(self) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.db), read_only=True) as connection:
            return connection.execute(
                "select * from marts.score_changes order by lead_key, as_of"
            ).fetchall()

    def of(self, email: str) -> Changes:
        with duckdb.connect(str(self.db), read_only=True) as connection:
            found = connection.execute(
                """
                select * from marts.score_changes where is_present_run and lead_key = (
                    select lead_key from intermediate.identity_members
                    where identifier_value = ?
                )
                """,
                [email],
            )
            names = [column[0] for column in found.description]
            [row] = found.fetchall()
        return dict(zip(names, row, strict=True))


def faded(points: float, half_life_days: float, since: str, until: str) -> float:
    days = (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds() / 86400
    return points * 2 ** (-days / half_life_days)


def at(moment: str) -> list[float]:
    """What the six awards of the example are worth at a moment."""
    day = "2025-11-03 09:{}0:00"
    rules = [(5, 90), (3, 60), (7, 180), (6, 90), (4, 60), (25, 90)]
    return [faded(*rule, day.format(place), moment) for place, rule in enumerate(rules)]


@pytest.fixture(scope="module")
def company(warehouse: Path, tmp_path_factory: pytest.TempPathFactory, run_dbt: RunDbt) -> Company:
    """Built and published as of one moment, by a model, and built as of a later one."""
    db = tmp_path_factory.mktemp("changes") / "warehouse.duckdb"
    shutil.copy(warehouse, db)
    made = Company(warehouse.parent / "raw", db, run_dbt)
    with duckdb.connect(str(db)) as connection:
        insert_model(connection)
    made.build(THEN)
    made.publish(THEN)
    made.build(NOW)
    return made


def parts(change: Changes) -> dict[str, float]:
    named = {name: change[f"points_from_{name}"] for name in PARTS}
    return {name: value for name, value in named.items() if abs(value) > 1e-6}


def test_events_and_time_explain_the_points_of_the_example(company: Company) -> None:
    change = company.of(EXAMPLE)
    assert str(change["previous_as_of"]) == THEN
    assert change["previous_points"] == pytest.approx(sum(at(THEN)), abs=1e-5)
    # A visit to the careers pages, and sixty days of silence that do not fade.
    since = faded(-10, 90, "2025-12-13 09:00:00", NOW) - 15
    assert change["points"] == pytest.approx(sum(at(NOW)) + since, abs=1e-5)
    assert parts(change) == pytest.approx(
        {"new_events": since, "decay": sum(at(NOW)) - sum(at(THEN))}, abs=1e-5
    )


def test_the_parts_of_every_lead_add_up(company: Company) -> None:
    with duckdb.connect(str(company.db), read_only=True) as connection:
        [(rows, compared, worst, worst_probability)] = connection.execute(
            f"""
            select count(*), count(previous_points),
                max(abs(points - coalesce(previous_points, 0)
                    - {" - ".join(f"points_from_{name}" for name in PARTS)})),
                max(abs(probability - previous_probability
                    - probability_from_lead - probability_from_model))
            from marts.score_changes where is_present_run
            """
        ).fetchall()
    assert rows > 50 and compared > 40
    assert worst < 1e-6 and worst_probability < 1e-9


def test_building_again_changes_nothing_published_or_not(company: Company) -> None:
    before = company.rows()
    company.build(NOW)
    assert company.rows() == before
    company.publish(NOW)
    company.publish(NOW)
    company.build(NOW, *READERS)
    assert company.rows() == before


@pytest.fixture(scope="module")
def revised(company: Company) -> Company:
    """Another price of a scan, another model, and two records that are one person."""
    company.execute(
        f"""
        update seeds.points_rules set points = 55 where rule_id = 'qr_scan';
        update ml.model_versions set is_champion = false;
        insert into ml.model_versions by name
            select * replace ('other' as model_version, true as is_champion)
            from ml.model_versions where model_version = '{VERSION}';
        insert into ml.model_terms by name
            select * replace ('other' as model_version, coefficient * 1.5 as coefficient)
            from ml.model_terms where model_version = '{VERSION}';
        delete from sync.published_scores where as_of > timestamp '{THEN}'
        """
    )
    company.build(NOW, "points_rules", "source:ml", *READERS)
    return company


def test_other_rules_are_told_from_events(revised: Company) -> None:
    change = revised.of(EXAMPLE)
    scan = faded(50, 90, "2025-11-03 09:00:00", THEN)
    assert parts(change)["rules"] == pytest.approx(scan, abs=1e-5)
    assert parts(change).keys() == {"new_events", "decay", "rules"}


def test_another_model_is_told_from_the_lead(revised: Company) -> None:
    change = revised.of(EXAMPLE)
    assert (change["previous_model_version"], change["model_version"]) == (VERSION, "other")
    assert abs(change["probability_from_model"]) > 1e-4
    assert change["probability_from_lead"] + change["probability_from_model"] == pytest.approx(
        change["probability_change"], abs=1e-12
    )
    with duckdb.connect(str(revised.db), read_only=True) as connection:
        [(unequal,)] = connection.execute(
            """
            select count(*) from marts.score_changes as changes
            inner join marts.lead_scores as scores using (lead_key)
            where is_present_run and abs(changes.probability - scores.probability) > 1e-12
            """
        ).fetchall()
    assert unequal == 0


def test_what_was_published_outlives_a_build_from_nothing(revised: Company) -> None:
    revised.dbt("run", "--full-refresh", "--select", "score_changes", as_of=NOW)
    earlier = [row for row in revised.rows() if not row[-1]]
    assert len(earlier) > 40
