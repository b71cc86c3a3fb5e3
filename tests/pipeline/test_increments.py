"""Nightly increments end in the tables that one full build of the same rows gives.

So do increments after the project was edited, in whatever file.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.dbt_runs import RunDbt
from tests.pipeline.small_company import SmallCompany

# Edits of macros, by the model whose rows they change: a feature, what makes a column of an
# input, and how a raw value is read.
EDITS = {
    "fct_training_examples": (
        "macros/features/lead_features.sql",
        "'careers_views': ['careers_viewed']",
        "'careers_views': ['careers_viewed', 'pricing_viewed']",
    ),
    "lead_events": (
        "macros/events/sales_activity.sql",
        "in ('contact', 'touch') then",
        "in ('touch') then",
    ),
    "base_raw__crm_leads": (
        "macros/raw/countries.sql",
        "then upper({{ text }})",
        "then '~' || upper({{ text }})",
    ),
}
# What would not see them: a version of the model's own file, one of listed columns, and one of
# the declared columns of a raw table.
FAULTS = {
    "fct_training_examples": (
        "macros/incremental/by_lead.sql",
        "local_md5(body)",
        "local_md5(model.raw_code)",
    ),
    "lead_events": (
        "macros/incremental/by_lead.sql",
        "else lead_funnel.whole_row_version('given', number)",
        "else lead_funnel.row_version([number, 'event_key', 'known_at', 'signature_key'])\n"
        "if model.name == 'lead_events' else lead_funnel.whole_row_version('given', number)",
    ),
    "base_raw__crm_leads": (
        "macros/raw/parts.sql",
        "local_md5(sql | replace(adapter.quote(target.database or '') ~ '.', ''))",
        "local_md5(tojson(present))",
    ),
}


@dataclass(frozen=True)
class Edited:
    """Warehouses after an edit: of an increment, of a full refresh, of increments with faults."""

    increment: Path
    whole: Path
    faulty: Path

    def differing(self, model: str, of: Path) -> int:
        """Rows of a model that are not those of the full refresh."""
        # A faulty version is another one, which is not what the fault is.
        leave_out = ("lead_version", "part_version") if of == self.faulty else ()
        [(_, _, differing)] = _differing(self.whole, of, f"table_name = '{model}'", leave_out)
        return differing


def _differing(
    whole: Path, other: Path, which: str, leave_out: Sequence[str] = ()
) -> list[tuple[str, int, int]]:
    """Tables, their rows, and how many rows of one warehouse or the other differ; doubles to 1e-6.

    Parameters
    ----------
    which : str
        Condition on `information_schema.columns`.
    leave_out : sequence of str
        Columns that are not compared.
    """
    with duckdb.connect(str(whole), read_only=True) as connection:
        connection.execute(f"attach '{other}' as other (read_only)")
        tables = connection.execute(
            f"""
            select
                table_schema || '.' || table_name,
                string_agg(
                    case
                        when data_type = 'DOUBLE' then 'round(' || column_name || ', 6)'
                        else column_name
                    end, ', '
                )
            from information_schema.columns
            where
                table_catalog != 'other' and {which}
                and not list_contains(cast(? as varchar[]), column_name)
            group by 1
            """,
            [list(leave_out)],
        ).fetchall()
        found = []
        for table, columns in tables:
            [(rows, differing)] = connection.execute(
                f"""
                select (select count(*) from {table}), count(*) from (
                    (select {columns} from {table} except all
                     select {columns} from other.{table})
                    union all
                    (select {columns} from other.{table} except all
                     select {columns} from {table})
                )
                """
            ).fetchall()
            found.append((table, rows, differing))
        return found


def _edit(manifest: Manifest, edits: Mapping[str, tuple[str, str, str]]) -> None:
    """Edit macros as in their files, which dbt would take a quarter of a minute to read."""
    for file, before, after in edits.values():
        macros = [
            macro
            for macro in manifest.macros.values()
            if macro.original_file_path == file and before in macro.macro_sql
        ]
        assert macros, f"{file} has no '{before}'."
        for macro in macros:
            macro.macro_sql = macro.macro_sql.replace(before, after)


@pytest.fixture(scope="module")
def edited(
    small_company: SmallCompany, run_dbt: RunDbt, tmp_path_factory: pytest.TempPathFactory
) -> Edited:
    folder = tmp_path_factory.mktemp("edited")

    def copy(name: str, file: str = "warehouse.duckdb") -> Path:
        (folder / name).mkdir()
        return Path(shutil.copy(small_company.nightly, folder / name / file))

    def run(
        db: Path, *edits: Mapping[str, tuple[str, str, str]], flags: Sequence[str] = ()
    ) -> None:
        def edit(manifest: Manifest) -> None:
            for some in edits:
                _edit(manifest, some)
            for node in (*manifest.nodes.values(), *manifest.sources.values()):
                node.database = db.stem

        arguments = ["run", "--select", *EDITS, "int_events_unioned", *flags]
        ran = run_dbt(arguments, raw=small_company.raw, db=db, edit=edit)
        assert ran.success, ran.log

    # The whole warehouse has another name, which is no reason for other versions.
    made = Edited(copy("increment"), copy("whole", "whole.duckdb"), copy("faulty"))
    run(made.faulty, FAULTS)
    run(made.faulty, FAULTS, EDITS)
    run(made.increment, EDITS)
    run(made.whole, EDITS, flags=["--full-refresh"])
    return made


@pytest.mark.parametrize("model", EDITS)
def test_an_edited_macro_rebuilds_what_it_makes(edited: Edited, model: str) -> None:
    assert edited.differing(model, of=edited.increment) == 0


@pytest.mark.parametrize("model", FAULTS)
def test_a_version_that_does_not_see_the_edit_is_found(edited: Edited, model: str) -> None:
    assert edited.differing(model, of=edited.faulty) > 0


def test_the_rows_of_a_lead_are_made_of_nothing_but_the_inputs(
    small_company: SmallCompany, run_dbt: RunDbt
) -> None:
    read = "{% call by_lead(inputs={'one': 'two'}) %} final as (select * from @) {% endcall %}"

    def compile_body(read_from: str) -> str:
        text = "with two as (select 1 as lead_key), " + read.replace("@", read_from)
        arguments = ["compile", "--inline", text]
        ran = run_dbt(arguments, raw=small_company.raw, db=small_company.nightly)
        return "" if ran.success else ran.log

    assert compile_body("one") == ""
    assert "the body reads two, which is none of its inputs" in compile_body("two")
    model = "{{ ref('clock') }}"
    assert "which is none of its inputs" in compile_body(f"one cross join {model}")
    for spelling in ("one JOIN two using (lead_key)", "(two)", "(from two)", "one, two"):
        assert compile_body(spelling).count("by_lead: the body") > 0, spelling
    allowed = (
        "one where lead_key is distinct from 2 and 'from two' != '' and extract(day from now()) > 0"
    )
    assert compile_body(allowed) == ""


def test_every_table_is_the_same_as_after_one_full_build(
    small_company: SmallCompany,
) -> None:
    tables = _differing(
        small_company.whole, small_company.nightly, "table_schema in ('intermediate', 'marts')"
    )
    assert len(tables) > 30
    for table, rows, differing in tables:
        assert differing == 0, f"{table}: {differing} of {rows} rows differ"
