"""Commands of dbt by which the project is compiled for the replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_runs import invoke

# What was made of the project by parsing it; lies in the folder to compile in.
PARSED = "partial_parse.msgpack"


@dataclass(frozen=True)
class Dbt:
    """dbt on the project that was parsed into a folder, with some variables as JSON."""

    folder: Path
    variables: str

    @property
    def database(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def run(self, command: str, *arguments: str) -> Any:
        """Run a command in this process, and give its results."""
        outcome = invoke(
            ["--quiet", command, *arguments, "--vars", self.variables],
            self.folder,
            self.database,
            self.folder / "no_files",
            parsed=self.folder / PARSED,
        )
        assert outcome.success, outcome.exception or outcome.result
        return outcome.result

    def call(self, calls: Sequence[str]) -> list[str]:
        """Compile calls of macros: in one command, because a command takes two seconds."""
        text = " @next ".join("{{ " + call + " }}" for call in calls)
        result = self.run("compile", "--inline", text)
        return str(result.results[0].node.compiled_code).split(" @next ")

    def compiled(self, node: Mapping[str, Any]) -> str:
        """What the last command made of a model."""
        path = self.folder / "target" / "compiled" / "lead_funnel" / node["original_file_path"]
        return path.read_text().strip()

    def execute(self, *statements: str) -> None:
        """Run statements in the warehouse: together, because to open and close it takes longer."""
        with duckdb.connect(str(self.database)) as connection:
            for statement in statements:
                connection.execute(statement)
