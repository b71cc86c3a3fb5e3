"""Tell the stages of leads by walking through their history, one row after the other.

An oracle for `fct_stage_transitions`: it reads the raw rows and the seeds and shares no code
and no method with the models. Points do not enter it.
"""

from __future__ import annotations

from datetime import datetime

from bench.stage_words import Funnel, Person, Word, deal_words, lead_words

Entry = tuple[int, str, datetime, bool]
"""Cycle, stage, when it was entered, and whether it was skipped."""


def replay(person: Person, funnel: Funnel, as_of: datetime) -> list[Entry]:
    """Walk through what was said about a person and write down each stage entered."""
    words = [word for lead in person.leads for word in lead_words(lead, person, funnel)]
    words += deal_words(person, funnel)
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
        self.heard = begin
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
        """End the cycle if nobody did anything for too long; the person may come back.

        Only since the last word was heard: before it, another stage may have been the furthest.
        """
        patience = self.funnel.patience.get(self.named)
        if patience is None:
            return
        while not self.is_over:
            since = max(self.began, self.heard)
            lived = [at for at in self.signs if since <= at <= until]
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
        self.heard = at

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
