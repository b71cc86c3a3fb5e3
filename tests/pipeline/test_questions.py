"""docs/marts.md: each query runs, is short, and gives the columns that the page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.dbt_runs import Parsed
from tests.pipeline.demo_company import Company
from tests.pipeline.metric_queries import Metrics

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "marts.md").read_text(encoding="utf-8")
MARTS = {file.stem for file in (PROJECT / "models" / "marts").rglob("*.sql")}


@dataclass(frozen=True)
class Question:
    """One section of the page."""

    number: int
    sql: str
    columns: list[str]
    commands: list[str]

    @property
    def marts(self) -> set[str]:
        return set(re.findall(r"\bmarts\.(\w+)", self.sql))


def read_questions() -> list[Question]:
    found = []
    for number, text in re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", PAGE, re.S | re.M):
        [sql] = re.findall(r"```sql\n(.*?)```", text, re.S)
        header = re.search(r"^\| (.*) \|\n\| ---", text, re.M)
        assert header, f"Question {number} shows no result."
        commands = re.findall(r"^    (mf query .*)$", text, re.M)
        found.append(Question(int(number), sql, header[1].split(" | "), commands))
    return found


QUESTIONS = read_questions()


def test_fifteen_questions_have_a_short_query_on_marts_there_are() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 16))
    for question in QUESTIONS:
        assert len(question.sql.strip().splitlines()) <= 10, question.number
        assert question.marts and question.marts <= MARTS, question.number


def test_the_exposure_names_the_marts_of_the_page() -> None:
    file = PROJECT / "models" / "marts" / "_questions.yml"
    [exposure] = yaml.safe_load(file.read_text(encoding="utf-8"))["exposures"]
    named = {re.findall(r"ref\('(\w+)'\)", ref)[0] for ref in exposure["depends_on"]}
    assert named == set().union(*(question.marts for question in QUESTIONS))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_the_query_gives_what_the_page_shows(question: Question, company: Company) -> None:
    with duckdb.connect(str(company.db), read_only=True) as connection:
        cursor = connection.execute(question.sql)
        assert [column[0] for column in cursor.description] == question.columns
        rows = cursor.fetchall()
    assert rows
    # A column that holds nothing anywhere answers nothing.
    assert all(any(row[place] is not None for row in rows) for place in range(len(rows[0])))


def test_the_metrics_give_an_answer_too(company: Company, parsed: Parsed) -> None:
    metrics = Metrics(parsed({}).with_name("semantic_manifest.json"), company.db)
    commands = [command for question in QUESTIONS for command in question.commands]
    assert len(commands) >= 14
    for command in commands:
        rows = metrics.answer(command)
        assert rows, command
        names = re.search(r"--metrics (\S+)", command)
        assert names
        for name in names[1].split(","):
            assert any(row[name] is not None for row in rows), command
