"""A graph of addresses and leads with components of every shape, and scipy as the oracle."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Link = tuple[str, str]

LIMIT = 60
CHAINS = (2, LIMIT, LIMIT + 1, 300, 700, 4000)
# Identifiers in a chain in the order of their keys: the worst for whoever goes by that order.
SORTED = 5000


@dataclass(frozen=True)
class Graph:
    """A graph of addresses and leads, told by campaign responses."""

    links: list[Link]

    @cached_property
    def followed(self) -> list[Link]:
        """Links of which neither end is a hub."""
        return [link for link in self.links if self.hubs.isdisjoint(link)]

    @cached_property
    def components(self) -> list[frozenset[str]]:
        """Components over followed links by scipy; an identifier without is its own."""
        names = sorted({name for link in self.links for name in link})
        place = {name: number for number, name in enumerate(names)}
        pairs = np.array([[place[left], place[right]] for left, right in self.followed])
        matrix = coo_array(
            (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names))
        )
        _, labels = connected_components(matrix, directed=False)
        return partition(dict(zip(names, labels.tolist(), strict=True)))

    @cached_property
    def hubs(self) -> set[str]:
        degrees = Counter(name for link in set(self.links) for name in link)
        return {name for name, degree in degrees.items() if degree > LIMIT}


def partition(labels: dict[str, Any]) -> list[frozenset[str]]:
    groups: dict[Any, set[str]] = defaultdict(set)
    for name, label in labels.items():
        groups[label].add(name)
    return sorted(map(frozenset, groups.values()), key=sorted)


def random_graph() -> Graph:
    """Chains, stars, random graphs around the size at which one component swallows all."""
    chance = np.random.default_rng(7)
    links: list[Link] = []

    def name(graph: str, number: int) -> str:
        return f"{graph}-{number}@graph.example" if number % 2 else f"{graph}-{number}"

    def add(graph: str, left: int, right: int) -> None:
        pair = sorted((left, right), key=lambda number: number % 2 == 0)
        links.append((name(graph, pair[0]), name(graph, pair[1])))

    for length in CHAINS:
        for step in range(length - 1):
            add(f"chain{length}", step, step + 1)
    for leaves in (3, LIMIT - 1, LIMIT, LIMIT + 1, 500):
        for leaf in range(leaves):
            add(f"star{leaves}", 0, 2 * leaf + 1)
    # Addresses around a hub that also know each other by other leads.
    for leaf in range(100):
        add("cobweb", 0, 2 * leaf + 1)
        add("cobweb", 2 * (1 + leaf // 3), 2 * leaf + 1)
    for trial in range(60):
        size = int(chance.integers(2, 400))
        for _ in range(int(size * chance.uniform(0.3, 1.2))):
            left, right = 2 * chance.integers(size), 2 * chance.integers(size) + 1
            add(f"random{trial}", int(left), int(right))
    # Two that all know each other, and one link between them.
    for clique in (0, 20):
        for left in range(clique, clique + 20, 2):
            for right in range(clique + 1, clique + 20, 2):
                add("cliques", left, right)
    add("cliques", 0, 39)
    names = sorted_names()
    links.extend((one, two) if is_lead(two) else (two, one) for one, two in pairwise(names))
    return Graph(links)


def is_lead(name: str) -> bool:
    return "@" not in name


def sorted_names() -> list[str]:
    """Addresses and leads by turns, in the order of their keys."""

    def key(name: str) -> str:
        kind = "crm_lead" if is_lead(name) else "email"
        return hashlib.md5(f"{kind}:{name}".encode()).hexdigest()

    leads = [f"sorted-{number}" for number in range(2 * SORTED)]
    turns = groupby(
        sorted(leads + [f"{name}@graph.example" for name in leads], key=key), key=is_lead
    )
    return [next(names) for _, names in turns][:SORTED]
