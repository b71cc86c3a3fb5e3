"""Tell the stages of leads by walking through their history, one row after the other.

An oracle for `fct_stage_transitions`: it reads the raw rows and the seeds and shares no code
and no method with the models. Points do not enter it.
"""

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
Entry = tuple[int, str, datetime, bool]
"""Cycle, stage, when it was entered, and whether it was skipped."""


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


def replay(person: Person, funnel: Funnel, as_of: datetime) -> list[Entry]:
    """Walk through what was said about a person and write down each stage entered."""
    words = [word for lead in person.leads for word in _lead_words(lead, person, funnel)]
    words += _deal_words(person, funnel)
    begin = min([lead["created_at"] for lead in person.leads] + person.engagements)
    signs = [lead["created_at"] for lead in person.leads] + [max(word.at, begin) for word in words]
    words = [word for word in words if word.stage is not None]
    words.sort(key=lambda word: (max(word.at, begin), word.at, word.rank, word.number, word.key))
    walk = _Walk(funnel, begin, sorted(person.engagements), sorted(signs + person.engagements))
    for word in words:
        if word.ignored:
            continue
        walk.hear(word, max(word.at, begin))
    walk.hear_nothing_more(as_of)
    return walk.entries


class _Walk:
    """Where a person stands while its history is read."""

    def __init__(
        self, funnel: Funnel, begin: datetime, engagements: list[datetime], signs: list[datetime]
    ) -> None:
        self.funnel = funnel
        self.engagements = engagements
        self.signs = signs
        self.named: str = "inquiry"
        self.entries: list[Entry] = []
        self.cycle = 0
        self.left: tuple[Word, datetime] | None = None
        self._start(begin)

    def _start(self, at: datetime) -> None:
        self.cycle += 1
        self.began = at
        if self.left is None or self.left[0].stage != "expired":
            self.named = "inquiry"
        self.stage = "inquiry"
        self.is_over = False
        self.left = None
        self.entries.append((self.cycle, "inquiry", at, False))

    def _return(self, until: datetime | None, inclusive: bool) -> None:
        """Start the next cycle if the person came back by itself after it had left."""
        if self.left is None:
            return
        word, since = self.left
        if (word.stage, "inquiry") not in self.funnel.reopenings:
            return
        for moment in self.engagements:
            if moment <= since:
                continue
            if until is None or moment < until or (inclusive and moment == until):
                self._start(moment)
            return

    def _expire(self, until: datetime) -> None:
        """End the cycle if nobody did anything for too long; the person may come back."""
        patience = self.funnel.patience.get(self.named)
        if patience is None:
            return
        while not self.is_over:
            lived = [at for at in self.signs if self.began <= at <= until]
            ends = [
                at + patience
                for at, after in zip(lived, [*lived[1:], until], strict=True)
                if at + patience < after
            ]
            if not ends:
                return
            self.entries.append((self.cycle, "expired", ends[0], False))
            self.is_over = True
            self.left = (Word("silence", ends[0], "expired", "silence"), ends[0])
            self._return(until, inclusive=True)

    def hear(self, word: Word, at: datetime) -> None:
        """Take one statement in."""
        stage = str(word.stage)
        is_end = stage in self.funnel.ends
        self._expire(at)
        self._return(at, inclusive=not is_end)
        if self.left is not None and self._reopens(self.left[0], word):
            self._start(at)
        if not self.is_over:
            self._move(stage, is_end, at)
        if is_end:
            self.is_over = True
            self.left = (word, at)
            self.named = "inquiry"
        elif self.funnel.order[stage] > self.funnel.order[self.named]:
            self.named = stage

    def hear_nothing_more(self, as_of: datetime) -> None:
        """See whether the person came back after the last word, and how long it was silent."""
        self._return(None, inclusive=True)
        self._expire(as_of)

    def _reopens(self, end: Word, word: Word) -> bool:
        if (end.stage, word.stage) not in self.funnel.reopenings:
            return False
        other_deal = word.source.startswith("deal:") and word.source != end.source
        return end.stage != "closed_won" or other_deal

    def _move(self, stage: str, is_end: bool, at: datetime) -> None:
        way = self.funnel.way
        if not is_end and way.index(stage) <= way.index(self.stage):
            return
        if stage == "closed_won":
            skipped = way[way.index(self.stage) + 1 :]
        elif is_end:
            skipped = []
        else:
            skipped = way[way.index(self.stage) + 1 : way.index(stage)]
        self.entries += [(self.cycle, between, at, True) for between in skipped]
        self.entries.append((self.cycle, stage, at, False))
        if not is_end:
            self.stage = stage


def _lead_words(lead: Row, person: Person, funnel: Funnel) -> Iterable[Word]:
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


def _deal_words(person: Person, funnel: Funnel) -> list[Word]:
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
