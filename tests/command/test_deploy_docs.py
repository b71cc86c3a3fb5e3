"""The examples in docs/deploy.md can be read by what they are for, and call what there is."""

import ast
import re
from pathlib import Path

import typer.main
import yaml

from lead_funnel.command.app import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_python_and_yaml_can_be_parsed() -> None:
    assert len(blocks("python")) == 2
    for block in blocks("python"):
        ast.parse(block)
    [workflow] = blocks("yaml")
    steps = yaml.safe_load(workflow)["jobs"]["what-if"]["steps"]
    assert any("lead-funnel what-if seeds/points_rules.csv --db" in str(step) for step in steps)


def test_only_commands_that_exist_are_called() -> None:
    called = set(
        re.findall(r"lead-funnel (?:sync )?([a-z-]+)(?= |`|$|;)", PAGE, flags=re.MULTILINE)
    )
    known = set(typer.main.get_group(app).commands) | {"push", "export"}
    assert {"build", "doctor", "what-if", "push"} <= called
    assert called <= known
