"""The project's compiled SQL, run in DuckDB without dbt, so that a whole history costs a second.

A history is a list of steps: rows arrive, a seed is edited, models run. It is replayed on the
warehouse, and its end is compared with the reference: one full refresh over all rows that are
there at the end, in which every table is written in another physical order. What no full refresh
makes anew, the reference has from the warehouse where rows were replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from tests.properties.compiled import WAREHOUSE, Model, Project
from tests.properties.database import REFERENCE, Database, key_of
from tests.properties.differences import differences
from tests.properties.steps import Arrive, Edit, Row, Run, Step, Tally

HISTORIES_PER_DATABASE = 50


class Replay:
    """A connection on which histories are replayed, one after the other.

    Parameters
    ----------
    project : Project
        What runs on the warehouse, and what the reference is made by.
    edits : mapping of str to (str, str)
        By name of a seed edit, the seed and the statement, with `@seed` for its relation.
    """

    def __init__(self, project: Project, edits: Mapping[str, tuple[str, str]]) -> None:
        self.tally = Tally()
        self.replayed = 0
        self.project = project
        self.edits = edits
        self.connection = duckdb.connect()
        self._open()

    def close(self) -> None:
        self.connection.close()

    def _open(self) -> None:
        """Start with fresh databases.

        Statements are prepared once, because planning them costs five times more than running
        them on a few rows. A plan must not be made for the rows that happen to be there first,
        hence no optimizer.
        """
        self.connection.close()
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 1; set TimeZone = 'UTC'; pragma disable_optimizer")
        self.connection.execute(f"attach '{self.project.warehouse}' as given (read_only)")
        self.connection.execute("attach ':memory:' as rounds")
        self.warehouse = Database(self.connection, WAREHOUSE, self.project, self.edits)
        self.reference = Database(
            self.connection, REFERENCE, self.project, self.edits, like=self.warehouse
        )

    @contextmanager
    def planting(self, spoilt: Mapping[str, Model]) -> Iterator[None]:
        """Run other forms of some models for a while, on both sides, and tally nothing.

        Nothing else runs but what they read.
        """
        tally, self.tally = self.tally, Tally()
        sides = (self.warehouse, self.reference)
        try:
            for side in sides:
                side.exchange(spoilt)
                side.asked = self.project.leading_to(spoilt)
            yield
        finally:
            for side in sides:
                side.exchange({name: self.project.models[name] for name in spoilt})
                side.asked = self.project.models.keys()
            self.tally = tally

    def check(self, history: Sequence[Step]) -> None:
        """Replay a history, compare its end with a full refresh, and run once more.

        Raises
        ------
        AssertionError
            If a table differs, naming the models and the first rows.
        """
        self.tally.histories += 1
        self.replayed += 1
        if self.replayed % HISTORIES_PER_DATABASE == 0:
            # Deleted rows stay in memory.
            self.warehouse.sweep()
            self.reference.sweep()
        self.warehouse.begin()
        self.reference.begin()
        arrived: list[tuple[str, Row]] = []
        edits: frozenset[str] = frozenset()
        for step in history:
            if isinstance(step, Arrive):
                arrived.extend(step.rows)
                self.warehouse.insert(step.rows)
            elif isinstance(step, Edit):
                edits = step.edits
                self.warehouse.seed(edits)
            else:
                self.warehouse.run(step)
                self.tally.runs += 1
                self.tally.killed += step.killed_after is not None or step.only is not None
        self.warehouse.run(Run())

        self.reference.seed(edits)
        if any(table.key for table in self.project.tables.values()):
            self.reference.recall(self.warehouse)
        self.reference.insert(self._left(arrived)[::-1])
        self.reference.run(Run(full_refresh=True))
        self._compare("is not the full refresh")
        self._compare_memory(
            is_forgetting=any(table == "erasure_requests" for table, _ in arrived),
        )

        self.warehouse.run(Run(), again=True)
        self._compare("changes when run once more")
        self.tally.runs += 2
        self.tally.rows_arrived += len(arrived)

    def _left(self, arrived: Sequence[tuple[str, Row]]) -> list[tuple[str, Row]]:
        """The rows that no later one replaced."""
        left: dict[Any, tuple[str, Row]] = {}
        for number, (name, row) in enumerate(arrived):
            table = self.project.tables.get(name)
            left[(name, *key_of(table, row)) if table and table.key else number] = (name, row)
        return list(left.values())

    def _compare_memory(self, is_forgetting: bool) -> None:
        """What is remembered is what the tables told each time that a run looked."""
        told, remembered = self.warehouse.told, self.warehouse.remembered()
        if is_forgetting:
            told = {fact: times for fact, times in told.items() if fact in remembered}
        wrong = [fact for fact, times in remembered.items() if told.get(fact) != times]
        lost = told.keys() - remembered.keys()
        names = [model.name for model in self.project.models.values() if model.is_memory]
        assert not wrong and not lost, (
            f"{', '.join(names)} is not what was told:\n"
            f"  {len(wrong)} of {len(remembered)} facts were not told, or not first then\n"
            f"  {len(lost)} facts that were told are missing"
        )

    def _compare(self, complaint: str) -> None:
        complaints = []
        for model in self.reference.project.models.values():
            if model.materialized == "view" or model.name not in self.reference.asked:
                continue
            expected = self.reference.content[model.relation]
            self.tally.rows_compared += expected[0]
            self.tally.models.add(model.name)
            if self.warehouse.content[model.relation] == expected:
                continue
            missing, surplus = differences(
                self.reference.rows(model.relation), self.warehouse.rows(model.relation)
            )
            self.tally.rows_differing += max(len(missing), len(surplus))
            if missing or surplus:
                complaints.append(
                    f"{model.name} {complaint}:\n"
                    f"  {len(missing)} rows missing, such as {missing[:1]}\n"
                    f"  {len(surplus)} rows too many, such as {surplus[:1]}"
                )
        assert not complaints, "\n".join(complaints)
