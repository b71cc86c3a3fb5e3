"""Metrics of the semantic layer, asked of a built warehouse: MetricFlow writes the SQL."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from dbt_metricflow.cli.dbt_connectors.dbt_config_accessor import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

Rows = list[dict[str, Any]]


class DuckDbSql:
    """What MetricFlow needs to know of an engine to write SQL for it; `mf` itself runs dbt."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of a parsed project, over one warehouse."""

    def __init__(self, semantic_manifest: Path, db: Path) -> None:
        text = semantic_manifest.read_text(encoding="utf-8")
        self.manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)
        self.names = sorted(metric.name for metric in self.manifest.metrics)
        client: Any = DuckDbSql()
        self._engine = MetricFlowEngine(SemanticManifestLookup(self.manifest), client)
        self._db = db

    def _run(self, request: MetricFlowQueryRequest) -> Rows:
        sql = self._engine.explain(request).sql_statement.sql
        with duckdb.connect(str(self._db), read_only=True) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def ask(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        where: Sequence[str] = (),
    ) -> Rows:
        """Answer as `mf query` does."""
        return self._run(
            MetricFlowQueryRequest.create(
                metric_names=list(metrics),
                group_by_names=list(by) or None,
                where_constraints=list(where) or None,
            )
        )

    def ask_saved(self, name: str) -> Rows:
        """Answer as `mf query --saved-query` does."""
        return self._run(MetricFlowQueryRequest.create(saved_query_name=name))

    def value(self, metric: str) -> Any:
        """Give a metric of everything there is."""
        [row] = self.ask([metric])
        return row[metric]

    def answer(self, command: str) -> Rows:
        """Answer a line `mf query --metrics a,b --group-by c`."""
        words = shlex.split(re.sub(r"^mf query\s+", "", command))
        options = dict(zip(words[::2], words[1::2], strict=True))
        assert options.keys() <= {"--metrics", "--group-by", "--where"}, command
        return self.ask(
            options["--metrics"].split(","),
            [name for name in options.get("--group-by", "").split(",") if name],
            [options["--where"]] if "--where" in options else [],
        )
