"""A company of which the last days arrive in parts."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

ARRIVAL = "try_cast(loaded_at as timestamp)"
DOMAIN_OF_NOBODY = "nobody-yet.example"


@dataclass(frozen=True)
class Day:
    """A folder with the warehouse after two fresh runs, and after the night that followed."""

    folder: Path

    @property
    def db(self) -> Path:
        """The warehouse after the fresh runs."""
        return self.folder / "warehouse.duckdb"

    @property
    def before(self) -> Path:
        """The same before them."""
        return self.folder / "before" / "warehouse.duckdb"

    @property
    def night(self) -> Path:
        """The same after the next whole build."""
        return self.folder / "night" / "warehouse.duckdb"


def part_by_arrival(raw: Path, to: Path, draw: random.Random) -> list[list[tuple[Path, Path]]]:
    """Part all tables at two moments of the last days; gives the files of each later part."""
    later: list[list[tuple[Path, Path]]] = [[], []]
    with duckdb.connect() as connection:
        cuts = [
            connection.execute(
                f"select quantile_disc({ARRIVAL}, ?) from '{raw}/web_events/part-0.parquet'",
                [share],
            ).fetchall()[0][0]
            for share in (draw.uniform(0.97, 0.98), draw.uniform(0.985, 0.995))
        ]
        whens = (
            f"coalesce({ARRIVAL} <= timestamp '{cuts[0]}', true)",
            f"{ARRIVAL} > timestamp '{cuts[0]}' and {ARRIVAL} <= timestamp '{cuts[1]}'",
            f"{ARRIVAL} > timestamp '{cuts[1]}'",
        )
        for file in sorted(raw.rglob("*.parquet")):
            table = file.relative_to(raw).parts[0].split(".")[0]
            for number, when in enumerate(whens):
                aside = to / f"{table}-{number}.parquet"
                connection.execute(
                    f"copy (select * from '{file}' where {when}) to '{aside}' (format parquet)"
                )
                if number:
                    later[number - 1].append((aside, raw / table / f"late-{number}.parquet"))
            file.unlink()
            (raw / table).mkdir(exist_ok=True)
            (to / f"{table}-0.parquet").rename(raw / table / "first.parquet")
    return later


def put_customer_of_nobody(raw: Path, to: Path) -> None:
    """Add a customer whose deal names nobody, and in the first later part a first person of it."""
    with duckdb.connect() as connection:

        def write(rows: Path, place: Path, such: str, values: str, others: str = "") -> None:
            connection.execute(
                f"create or replace temp table written as select * replace ({values}) "
                f"from (from '{rows}' where {such} limit 1) {others}"
            )
            connection.execute(f"copy written to '{place}' (format parquet)")

        for table, such, values in (
            ("crm_accounts", "true", f"'{DOMAIN_OF_NOBODY}' as domain"),
            (
                "crm_opportunities",
                "is_won",
                "'opp-of-nobody' as opportunity_id, null as lead_id, null as contact_id",
            ),
        ):
            write(
                raw / table / "first.parquet",
                raw / table / "of_nobody.parquet",
                such,
                f"'account-of-nobody' as account_id, {values}",
            )
        later = to / "form_submissions-1.parquet"
        write(
            later,
            later,
            "form_id = 'demo_request'",
            f"'first-of-nobody' as submission_id, 'first@{DOMAIN_OF_NOBODY}' as email, "
            "'device-of-nobody' as anonymous_id, null as crm_lead_id, null as crm_contact_id",
            f"union all from '{later}'",
        )


def arrive(files: list[tuple[Path, Path]]) -> None:
    """Have files come in."""
    for aside, place in files:
        shutil.copy(aside, place)
