"""Facts about single reps, which the published copy does not tell."""

from lead_funnel.publish.floor import RULES
from lead_funnel.warehouse import Connection, has_table, quoted, read_table

# What leads did and became, by whose they are. Where a lead is to go next is another matter:
# somebody must call.
BLANKED = {
    ("marts", "dim_leads"): {"owner_id": "true"},
    ("marts", "dim_accounts"): {"owner_id": "true"},
    ("marts", "fct_opportunities"): {"owner_id": "true"},
    # By the time zone, too, a small team would be known.
    ("marts", "fct_handoffs"): {
        "owner_id": "true",
        "time_zone": "coalesce(team_id, '') = 'small_teams'",
    },
}
"""By table, the columns that are emptied, and in which rows."""


def is_rep_level(connection: Connection) -> bool:
    """Tell whether the build was made with the variable ``rep_level_reporting``."""
    if not has_table(connection, "marts", RULES):
        return False
    return bool(read_table(connection, "marts", RULES, ["rep_level_reporting"]).iloc[0, 0])


def columns_sql(schema: str, table: str, columns: list[str], with_reps: bool) -> str:
    """Write the columns of a table as the copy has them: all, some of them emptied."""
    blanked = {} if with_reps else BLANKED.get((schema, table), {})
    return ", ".join(
        f"case when not ({blanked[column]}) then {quoted(column)} end as {quoted(column)}"
        if column in blanked
        else quoted(column)
        for column in columns
    )
