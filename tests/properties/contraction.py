"""The loop of the materialization connected_components, from the project's own macros."""

from __future__ import annotations

from collections.abc import Callable
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


def render_contraction(inline: Callable[[str], str]) -> Contraction:
    """Render the macros for each number of rounds; `inline` compiles a piece of Jinja."""
    numbers = range(1, MOST_ROUNDS + 1)
    tables = [[f"@round{number}" for number in range(1, count + 1)] for count in numbers]
    calls = [
        *(f"contraction_round('@links', {number})" for number in numbers),
        "remaining_links('@round')",
        *(f"contracted_components({names})" for names in tables),
    ]
    rendered = inline(" @next ".join("{{ " + call + " }}" for call in calls))
    parts = rendered.split(" @next ")
    return Contraction(
        rounds=tuple(parts[:MOST_ROUNDS]),
        remaining=parts[MOST_ROUNDS],
        components=tuple(parts[MOST_ROUNDS + 1 :]),
    )
