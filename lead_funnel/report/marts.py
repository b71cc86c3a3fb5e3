"""Reading named tables of a warehouse, whether or not they are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from lead_funnel.warehouse import quoted


@dataclass
class Marts:
    """Named tables of an open warehouse; a missing table gives no rows.

    Attributes
    ----------
    con
        The open warehouse.
    missing
        Tables that were asked for and are not there, or lack a column.
    """

    con: duckdb.DuckDBPyConnection
    missing: list[str] = field(default_factory=list)

    def has(self, name: str, columns: Sequence[str]) -> bool:
        """Tell whether a table such as ``marts.dim_leads`` is there with these columns."""
        # Not by information_schema, which lists all columns of the warehouse to tell of one table.
        try:
            found = self.con.execute(f"select * from {_table(name)} limit 0").description
        except duckdb.CatalogException:
            found = []
        is_there = set(columns) <= {column for column, *_ in found}
        if not is_there and name not in self.missing:
            self.missing.append(name)
        return is_there

    def rows(self, name: str, columns: Sequence[str], ending: str = "") -> pd.DataFrame:
        """Give all rows of a table, or those that the end of the query leaves."""
        if not self.has(name, columns):
            return pd.DataFrame(columns=list(columns))
        chosen = ", ".join(quoted(column) for column in columns)
        return self.con.execute(f"select {chosen} from {_table(name)} {ending}").df()

    def count(self, name: str) -> int | None:
        """Count the rows of a table, or give None without it."""
        if not self.has(name, ["lead_key"]):
            return None
        ((rows,),) = self.con.execute(f"select count(*) from {_table(name)}").fetchall()
        return int(rows)

    def counts(self, name: str, *columns: str, of: str = "") -> pd.DataFrame:
        """Count rows by columns, or sum the column ``of``.

        Returns
        -------
        pandas.DataFrame
            The columns and ``rows``, the commonest first.
        """
        if not self.has(name, [*columns, of] if of else columns):
            return pd.DataFrame(columns=[*columns, "rows"])
        chosen = ", ".join(quoted(column) for column in columns)
        measure = f"cast(sum({quoted(of)}) as bigint)" if of else "count(*)"
        return self.con.execute(
            f"select {chosen}, {measure} as rows from {_table(name)} "
            f"group by {chosen} order by rows desc, {chosen}"
        ).df()


def _table(name: str) -> str:
    return quoted(*name.split("."))
