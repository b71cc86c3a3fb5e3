"""The loop of the materialization connected_components, from the project's own macros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

# Links of a history are contracted in three or four.
MOST_ROUNDS = 12


@dataclass(frozen=True)
class Contraction:
    """How links become connected components.

    Attributes
    ----------
    rounds : tuple of str
        SQL of each round, from the first, with `@links` for the query of its links.
    remaining : str
        Query of the links that a round leaves, with `@round` for its table.
    components : tuple of str
        SQL of the components after one round, two rounds and so on, with `@round1` and so on for
        their tables.
    """

    rounds: tuple[str, ...]
    remaining: str
    components: tuple[str, ...]

    def run(self, connection: duckdb.DuckDBPyConnection, links: str, table: str) -> str:
        """Run rounds until no link is left, and give the query of the components.

        Parameters
        ----------
        links : str
            Query of `left_key` and `right_key`.
        table : str
            What the names of the rounds' tables begin with.

        Raises
        ------
        AssertionError
            If links are left after all rounds.
        """
        for number, sql in enumerate(self.rounds, 1):
            made = f"{table}_{number}"
            connection.execute(f"create or replace table {made} as {sql.replace('@links', links)}")
            links = self.remaining.replace("@round", made)
            if not connection.execute(links).fetchall():
                components = self.components[number - 1]
                for earlier in range(number, 0, -1):
                    components = components.replace(f"@round{earlier}", f"{table}_{earlier}")
                return components
        raise AssertionError(f"Links are left after {len(self.rounds)} rounds.")


def contraction_calls() -> list[str]:
    """Calls of the macros for each number of rounds."""
    numbers = range(1, MOST_ROUNDS + 1)
    tables = [[f"@round{number}" for number in range(1, count + 1)] for count in numbers]
    return [
        *(f"contraction_round('@links', {number})" for number in numbers),
        "remaining_links('@round')",
        *(f"contracted_components({names})" for names in tables),
    ]


def contraction_of(rendered: Sequence[str]) -> Contraction:
    """What `contraction_calls` came out as."""
    return Contraction(
        rounds=tuple(rendered[:MOST_ROUNDS]),
        remaining=rendered[MOST_ROUNDS],
        components=tuple(rendered[MOST_ROUNDS + 1 :]),
    )
