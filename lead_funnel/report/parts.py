"""What the report is made of: tables, pictures and sections."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lead_funnel.language import N_

Table = list[list[str]]
"""Rows of text, of which the first is the heading."""
UNBUILT = N_("There is nothing to show yet: run dbt build.")


@dataclass(frozen=True)
class Picture:
    """A drawing with its words and numbers.

    Attributes
    ----------
    title, note
        The finding or question; population, period and unit.
    svg
        The drawing, with title and description for those who hear it.
    table
        The numbers behind it.
    is_tall
        Whether it is as high as two others.
    """

    title: str
    note: str
    svg: str
    table: Table
    is_tall: bool = False


@dataclass(frozen=True)
class TitledTable:
    """A table that stands by itself.

    Attributes
    ----------
    is_open
        Whether it is shown at once, or behind a switch.
    """

    title: str
    note: str
    table: Table
    is_open: bool = True


@dataclass(frozen=True)
class Section:
    """The answer to one question.

    Attributes
    ----------
    key
        The place that links lead to.
    name, question
        As the contents list it; the heading.
    sentences
        What there is to say in words.
    empty
        What would fill it, shown where there is neither picture nor table.
    """

    key: str
    name: str
    question: str
    sentences: list[str]
    empty: str
    pictures: list[Picture] = field(default_factory=list)
    tables: list[TitledTable] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.pictures or self.tables)


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Give the rows of a table, each with its columns as attributes."""
    return iter(frame.itertuples())


def present(*pictures: Picture | None) -> list[Picture]:
    """Leave out the pictures that have no data."""
    return [picture for picture in pictures if picture is not None]


def filled(*tables: TitledTable) -> list[TitledTable]:
    """Leave out the tables without rows."""
    return [table for table in tables if len(table.table) > 1]
