"""Questions of docs: each query runs, is short, and gives the columns that its page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.dbt_runs import Parsed
from tests.pipeline.demo_company import Company
from tests.pipeline.metric_queries import Metrics

PROJECT = Path(__file__).resolve().parents[2]
# How many questions each page answers; its exposure bears its name.
PAGES = {"marts": 15, "meaning": 13}
EXPOSURES = {"marts": "fifteen_questions", "meaning": "thirteen_figures"}
MARTS = {file.stem for file in (PROJECT / "models" / "marts").rglob("*.sql")}


@dataclass(frozen=True)
class Question:
    """A query of a page, and the commands of its section."""

    page: str
    number: int
    sql: str
    columns: list[str]
    commands: list[str]

    @property
    def marts(self) -> set[str]:
        return set(re.findall(r"\bmarts\.(\w+)", self.sql))


def read_questions(page: str) -> list[Question]:
    found = []
    text = (PROJECT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    for number, section in re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", text, re.S | re.M):
        commands = re.findall(r"^    (mf query .*)$", section, re.M)
        queries = re.findall(r"```sql\n(.*?)```\n\n(?:\| ([^\n]*) \|)?", section, re.S)
        for place, (sql, header) in enumerate(queries):
            assert header, f"Question {number} of {page} shows no result."
            columns = header.split(" | ")
            found.append(Question(page, int(number), sql, columns, [] if place else commands))
    return found


QUESTIONS = [question for page in PAGES for question in read_questions(page)]


def test_each_question_has_a_short_query_on_marts_there_are() -> None:
    for page, count in PAGES.items():
        numbers = [question.number for question in QUESTIONS if question.page == page]
        assert sorted(set(numbers)) == list(range(1, count + 1))
    for question in QUESTIONS:
        assert len(question.sql.strip().splitlines()) <= 10, question
        assert question.marts and question.marts <= MARTS, question


@pytest.mark.parametrize("page", PAGES)
def test_the_exposure_names_the_marts_of_the_page(page: str) -> None:
    file = PROJECT / "models" / "marts" / "_questions.yml"
    exposures = yaml.safe_load(file.read_text(encoding="utf-8"))["exposures"]
    [exposure] = [entry for entry in exposures if entry["name"] == EXPOSURES[page]]
    named = {re.findall(r"ref\('(\w+)'\)", ref)[0] for ref in exposure["depends_on"]}
    own = (question.marts for question in QUESTIONS if question.page == page)
    assert named == set().union(*own)


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: f"{question.page}-{question.number}"
)
def test_the_query_gives_what_the_page_shows(question: Question, company: Company) -> None:
    with duckdb.connect(str(company.db), read_only=True) as connection:
        cursor = connection.execute(question.sql)
        assert [column[0] for column in cursor.description] == question.columns
        rows = cursor.fetchall()
    assert rows
    # A column that holds nothing anywhere answers nothing.
    assert all(any(row[place] is not None for row in rows) for place in range(len(rows[0])))


def test_answers_are_not_the_wrong_ones(company: Company) -> None:
    def answers(number: int) -> list[dict[str, Any]]:
        with duckdb.connect(str(company.db), read_only=True) as connection:
            query = next(q for q in QUESTIONS if (q.page, q.number) == ("meaning", number))
            cursor = connection.execute(query.sql)
            return [dict(zip(query.columns, row, strict=True)) for row in cursor.fetchall()]

    cutoffs = answers(2)
    assert all(row["leads_at_or_above"] <= 1.1 * row["new_slots"] for row in cutoffs)
    [companies] = answers(3)
    assert companies["split_among_reps"] == companies["customers_leads_as_new_business"] == 0
    routed = {row["routed_because"]: row for row in answers(4)}
    [open_cycles] = company.ask(
        "select count(*) from marts.fct_lead_cycles "
        "where is_current and is_customer_asking and outcome = 'open'"
    )
    assert (sum(row["cycles"] for row in routed.values()),) == open_cycles
    # What is given to nobody is with sales already, or has a reason.
    assert routed["not routed"]["cycles"] == routed["not routed"]["with_sales"] > 0
    given = {reason for reason, row in routed.items() if row["with_owner"]}
    assert all(routed[reason]["with_owner"] == routed[reason]["cycles"] for reason in given)
    assert given and not given & {"not routed", "suppressed", "below_cutoff", "over_capacity"}
    assert all(row["one_mart"] == row["another"] for row in answers(11))
    assert {"create", "update"} == {row["action"] for row in answers(12)}
    assert "Saturday" not in {row["due_on"] for row in answers(13)}


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
