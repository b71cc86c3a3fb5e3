"""What both engines are given besides what is simulated.

People who ask to be forgotten, a model, and what the CRM acknowledged.
"""

from pathlib import Path

import duckdb

VERSION = "made_by_hand"

# feature, kind, knot, upper knot, level, coefficient
TERMS: tuple[tuple[str | None, str, float | None, float | None, str | None, float], ...] = (
    (None, "intercept", None, None, None, -3.1),
    ("engagements_30d", "ramp", 0.0, 4.0, None, 1.3),
    ("engagements_30d", "ramp", 4.0, 20.0, None, 0.7),
    ("engagements_30d", "average", None, None, None, 0.21),
    ("days_since_last_engagement", "ramp", 2.0, 60.0, None, -1.1),
    ("days_since_last_engagement", "missing", None, None, None, -1.7),
    ("days_since_last_engagement", "average", None, None, None, -0.6),
    ("points_total", "ramp", -20.0, 90.0, None, 0.9),
    ("points_total", "average", None, None, None, 0.4),
    ("employee_count", "ramp", 10.0, 800.0, None, 0.33),
    ("employee_count", "missing", None, None, None, 0.05),
    ("channel", "level", None, None, "paid_search", 0.45),
    ("channel", "level", None, None, "(missing)", -0.25),
    ("channel", "other", None, None, None, 0.1),
    ("channel", "average", None, None, None, 0.12),
    ("job_level", "level", None, None, "director", 0.6),
    ("job_level", "other", None, None, None, -0.2),
)

# feature, bin, upper edge, examples
DISTRIBUTIONS: tuple[tuple[str, str, float | None, int], ...] = (
    ("engagements_30d", "0", 0.0, 400),
    ("engagements_30d", "1", 2.0, 300),
    ("engagements_30d", "2", None, 300),
    ("engagements_30d", "(missing)", None, 0),
    ("channel", "paid_search", None, 250),
    ("channel", "(missing)", None, 50),
    ("channel", "(other)", None, 700),
    ("probability", "0", 0.05, 500),
    ("probability", "1", None, 500),
    ("probability", "(missing)", None, 0),
    ("outcome", "won", None, 80),
    ("outcome", "not won", None, 920),
    ("outcome_leads", "all", None, 400),
)


def ask_to_forget(raw: Path) -> None:
    """Let two people of the CRM ask to be forgotten, one by address and one by record."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table requests as
            select
                'request-' || number as request_id,
                loaded_at as requested_at,
                case when number = 1 then email end as email,
                cast(null as varchar) as anonymous_id,
                case when number = 2 then lead_id end as crm_lead_id,
                cast(null as varchar) as source,
                loaded_at
            from (
                select *, row_number() over (order by md5(lead_id)) as number
                from read_parquet('{raw}/crm_leads*/**/*.parquet', union_by_name = true)
                where email is not null
            )
            where number <= 2
            """  # noqa: S608
        )
        connection.execute(f"copy requests to '{raw}/erasure_requests.parquet'")


def insert_model(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the model above the champion of a warehouse that has none.

    So few leads train none, and scoring wants one of each kind of term.
    """
    connection.execute(
        """
        insert into ml.model_versions (
            model_version, as_of, label_horizon_days, label_policy, train_examples,
            train_wins, test_examples, test_wins, is_champion, gate_passed
        )
        values (?, timestamp '2026-01-01', 90, 'weighted', 1000, 80, 300, 20, true, true)
        """,
        [VERSION],
    )
    connection.executemany(
        """
        insert into ml.model_terms (
            model_version, term_number, feature, kind, knot, knot_upper, level, coefficient
        )
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [(VERSION, number, *term) for number, term in enumerate(TERMS)],
    )
    connection.executemany(
        """
        insert into ml.feature_distributions (
            model_version, feature, bin, upper_edge, examples
        )
        values (?, ?, ?, ?, ?)
        """,
        [(VERSION, *one) for one in DISTRIBUTIONS],
    )
    connection.executemany(
        """
        insert into ml.score_comparison_log (
            model_version, subset, scorer, metric, value, interval_low, interval_high
        )
        values (?, 'all', ?, 'auc', ?, ?, ?)
        """,
        [(VERSION, "model", 0.71, 0.66, 0.76), (VERSION, "points", 0.64, 0.58, 0.7)],
    )


def acknowledge_half(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the CRM acknowledge about half of its records, some of them as they no longer are.

    It has acknowledged somebody who is forgotten, too.
    """
    connection.execute(
        """
        insert into sync.sync_acknowledgements (crm_lead_id, row_hash, acknowledged_at)
        select crm_lead_id, 'old', timestamp '2026-06-20 02:00:00'
        from raw.erasure_requests
        where crm_lead_id is not null
        """
    )
    connection.execute(
        """
        insert into sync.sync_acknowledgements by name
        select
            sync_key,
            crm_lead_id,
            case when md5(crm_lead_id) < '4' then 'old' else row_hash end as row_hash,
            timestamp '2026-06-20 02:00:00' as acknowledged_at,
            score_band,
            owner_id,
            due_at,
            is_exploration
        from marts.crm_lead_sync
        where md5(crm_lead_id) < '8'
        """
    )
