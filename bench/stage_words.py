"""What the CRM's raw rows say of the stages of a person, told without the models."""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Funnel:
    """What the seeds decide."""

    order: dict[str, int]
    ends: frozenset[str]
    reopenings: frozenset[tuple[str, str]]
    meaning: dict[tuple[str, str], str]
    patience: dict[str, timedelta]

    @property
    def way(self) -> list[str]:
        """Stages that can be skipped, in order."""
        return [
            stage
            for stage in sorted(self.order, key=self.order.__getitem__)
            if stage not in self.ends
        ]


def read_funnel(seeds: Path) -> Funnel:
    """Read the funnel from the folder of seeds."""

    def rows(name: str) -> list[dict[str, str]]:
        with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    moves, stages = rows("stage_transitions"), rows("funnel_stages")
    order = {row["stage"]: int(row["stage_order"]) for row in stages}
    left = {row["from_stage"] for row in moves if row["kind"] != "reopen"}
    return Funnel(
        order=order,
        ends=frozenset(set(order) - left),
        reopenings=frozenset(
            (row["from_stage"], row["to_stage"]) for row in moves if row["kind"] == "reopen"
        ),
        meaning={
            (row["object_type"], row["raw_status"].lower()): row["stage"]
            for row in rows("crm_status_map")
        },
        patience={
            row["stage"]: timedelta(days=float(row["expires_after_days"]))
            for row in stages
            if float(row["expires_after_days"]) > 0
        },
    )


@dataclass
class Person:
    """All that the CRM holds about one person."""

    leads: list[Row] = field(default_factory=list)
    changes: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    deals: list[Row] = field(default_factory=list)
    steps: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    engagements: list[datetime] = field(default_factory=list)


@dataclass
class Word:
    """One statement about the stage of a person."""

    name: str
    at: datetime
    stage: str | None
    source: str
    rank: int = 0
    number: int = 0
    ignored: bool = False

    @property
    def key(self) -> str:
        """The key that the models give it, which closes every order."""
        return hashlib.md5(self.name.encode()).hexdigest()


def lead_words(lead: Row, person: Person, funnel: Funnel) -> Iterable[Word]:
    """Tell what a record of a lead and its history say, in any order."""
    changes = in_order(person.changes[lead["lead_id"]], lead["status"])
    source = f"lead:{lead['lead_id']}"
    told: list[Word] = []

    def tell(name: str, at: datetime, status: str, number: int) -> None:
        told.append(
            Word(name, at, funnel.meaning.get(("lead", status.lower())), source, number=number)
        )

    if changes and changes[0][0]["old_value"]:
        first = changes[0][0]
        at = min(lead["created_at"], first["changed_at"])
        tell(f"first_status:{lead['lead_id']}", at, first["old_value"], 0)
    for change, number in changes:
        tell(f"status:{change['history_id']}", change["changed_at"], change["new_value"], number)
    last = changes[-1][0] if changes else None
    if lead["status"] and (
        last is None
        or (last["new_value"] != lead["status"] and lead["updated_at"] > last["changed_at"])
    ):
        tell(f"current_status:{lead['lead_id']}", lead["updated_at"], lead["status"], 0)

    for word in told:
        before = [
            other.stage
            for other in told
            if other.at == word.at and (other.number, other.name) <= (word.number, word.name)
        ]
        word.rank = max((funnel.order[stage] for stage in before if stage), default=0)
    if lead["converted_at"] is not None:
        stage = funnel.meaning.get(("lead", "converted"), "sql")
        name = f"conversion:{lead['lead_id']}"
        told.append(Word(name, lead["converted_at"], stage, source, rank=funnel.order[stage]))
    return told


def in_order(changes: Sequence[Row], status: str | None) -> list[tuple[Row, int]]:
    """Put changes into the order in which they were made, with their place in their second."""
    moments: dict[datetime, list[Row]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: change["history_id"]):
        moments[change["changed_at"]].append(change)
    times = sorted(moments)
    ordered: list[tuple[Row, int]] = []
    for place, at in enumerate(times):
        before = {_word(row["new_value"]) for row in moments[times[place - 1]]} if place else set()
        if place + 1 < len(times):
            after = {_word(row["old_value"]) for row in moments[times[place + 1]]}
        else:
            after = {_word(status)}
        chosen = _chain(moments[at], before, after)
        ordered += [(change, number) for number, change in enumerate(chosen, start=1)]
    return ordered


def _word(value: str | None) -> str:
    return (value or "").lower()


def _chain(changes: list[Row], before: set[str], after: set[str]) -> list[Row]:
    """Try every order and take the one with the longest chain at its head."""
    if len(changes) == 1:
        return changes

    def judge(order: tuple[int, ...]) -> tuple[Any, ...]:
        length = 1
        while length < len(order) and (
            _word(changes[order[length - 1]]["new_value"])
            == _word(changes[order[length]]["old_value"])
        ):
            length += 1
        head, rest = order[:length], order[length:]
        fits_before = _word(changes[head[0]]["old_value"]) in before
        fits_after = _word(changes[head[-1]]["new_value"]) in after
        return (-length, not fits_before, not fits_after, head, rest)

    best = min(itertools.permutations(range(len(changes))), key=judge)
    return [changes[place] for place in best]


def deal_words(person: Person, funnel: Funnel) -> list[Word]:
    """Tell what the deals of a person and their histories say, in any order."""
    ends = {deal["opportunity_id"]: _end(deal, person, funnel) for deal in person.deals}
    words = []
    for deal in person.deals:
        name = deal["opportunity_id"]
        source = f"deal:{name}"
        words.append(Word(f"opportunity_created:{name}", deal["created_at"], "sql", source))
        for step in person.steps[name]:
            meant = funnel.meaning.get(("opportunity", step["stage_name"].lower()))
            words.append(
                Word(f"opportunity_stage:{step['history_id']}", step["changed_at"], meant, source)
            )
        end = ends[name]
        is_told = (
            end is not None
            and deal["is_closed"] is None
            and not deal["is_won"]
            and _told_at(deal, end[0], person, funnel) is not None
        )
        if end is not None and not is_told:
            words.append(Word(f"opportunity_closed:{name}", end[1], end[0], source))
        elif deal["stage_name"] and deal["is_closed"] is None and not person.steps[name]:
            meant = funnel.meaning.get(("opportunity", deal["stage_name"].lower()))
            words.append(Word(f"opportunity_stage_now:{name}", deal["updated_at"], meant, source))
    for word in words:
        word.rank = funnel.order.get(str(word.stage), 0)
        word.ignored = word.stage == "closed_lost" and any(
            f"deal:{other['opportunity_id']}" != word.source
            and other["created_at"] <= word.at
            and _is_open(ends[other["opportunity_id"]], word.at)
            for other in person.deals
        )
    return words


def _is_open(end: tuple[str, datetime] | None, at: datetime) -> bool:
    return end is None or end[1] > at


def _end(deal: Row, person: Person, funnel: Funnel) -> tuple[str, datetime] | None:
    """Stage in which a deal ended and when; None while it is open."""
    meant = funnel.meaning.get(("opportunity", (deal["stage_name"] or "").lower()))
    at = max(deal["closed_at"] or deal["updated_at"], deal["created_at"])
    if deal["is_won"]:
        return "closed_won", at
    if deal["is_closed"]:
        return (meant if meant in funnel.ends and meant != "closed_won" else "closed_lost"), at
    if deal["is_closed"] is None and meant in funnel.ends:
        told_at = _told_at(deal, str(meant), person, funnel)
        return str(meant), at if told_at is None else max(told_at, deal["created_at"])
    return None


def _told_at(deal: Row, stage: str, person: Person, funnel: Funnel) -> datetime | None:
    """When the history of a deal tells last that it is in a stage."""
    steps = person.steps[deal["opportunity_id"]]
    told = (
        step["changed_at"]
        for step in steps
        if funnel.meaning.get(("opportunity", step["stage_name"].lower())) == stage
    )
    return max(told, default=None)
