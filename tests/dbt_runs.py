"""How a dbt command run by a test ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DbtRun:
    """How a dbt command ended.

    Attributes
    ----------
    success : bool
        Whether everything that was asked for went through.
    log : str
        What a user would have read on the terminal.
    messages : dict of str to str
        By name of the model or test that did not go through, what it said.
    result : Any
        What dbt gave: the results of each node, the manifest of `parse`.
    """

    success: bool
    log: str
    messages: dict[str, str]
    result: Any = None


RunDbt = Callable[..., DbtRun]
