"""What the comparison of engines says of a dbt that ends without a word."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from engines import spark
from lead_funnel.errors import UserError


def end(words: Sequence[str]) -> bool:
    """End the process as the operating system does: nothing is said."""
    os._exit(9)


def test_a_dbt_that_ends_without_a_word_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(spark, "invoke", end)
    with pytest.raises(UserError, match="dbt run on duckdb ended without a word"):
        spark.run_dbt(["run"], "duckdb", tmp_path)
