"""The leads that earlier fresh runs have published since the last whole build.

Each run makes them anew, whether or not anything of theirs is still new: a file may have been
corrected meanwhile, and then they are to be what the last whole build left.
"""

from lead_funnel.fresh.small import NIGHT
from lead_funnel.warehouse import Connection, quoted

PUBLISHED = "fresh_leads"
"""Table in schema sync, with their keys; a whole build that was published drops it."""


def find_earlier(connection: Connection) -> int:
    """Make earlier_leads: whom earlier runs have published since the last whole build."""
    known = connection.execute(
        "select 1 from duckdb_tables() "
        "where database_name = ? and schema_name = 'sync' and table_name = ?",
        [NIGHT, PUBLISHED],
    ).fetchall()
    source = f"from {quoted(NIGHT, 'sync', PUBLISHED)}" if known else "select uuid() limit 0"
    connection.execute(
        f"create or replace temp table earlier_leads as from ({source}) as found(lead_key)"
    )
    ((leads,),) = connection.execute("select count(*) from earlier_leads").fetchall()
    return int(leads)
