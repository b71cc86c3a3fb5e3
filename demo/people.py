"""Draw companies and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import vocabulary as words
from demo.columns import Bools, Column, Floats, Ints, choose, glue, hexes, label, lower, pick, stack
from demo.contract import Settings


@dataclass(frozen=True)
class People:
    """One chunk of persons; arrays by person unless said."""

    first: int
    """Number of the first person of the chunk among all persons."""
    kind: Ints
    source: Ints
    country: Ints
    company: Ints
    """Company within the chunk; -1: none."""
    title: Ints
    topic: Ints
    intent: Floats
    fit: Floats
    begin: Floats
    """First touch, days since the start."""
    device: Ints
    second_device: Ints
    """-1: none."""
    has_user_id: Bools
    consents: Bools
    is_role: Bools
    has_second_email: Bools
    emails: Column
    """Own addresses, then (from row n on) second addresses."""
    first_names: Column
    last_names: Column
    devices: Column
    """Tracker ids by device number: first devices, then second devices."""
    browser: Ints
    """By device number."""
    company_number: int
    """Number of the chunk's first company among all companies."""
    company_industry: Ints
    company_size: Ints
    company_country: Ints

    @property
    def count(self) -> int:
        """Number of persons."""
        return len(self.kind)

    @property
    def number(self) -> Ints:
        """Number of each person among all persons."""
        return np.arange(self.first, self.first + self.count)

    def size(self) -> Ints:
        """Firm size by person; 0: none."""
        return np.where(self.company >= 0, self.company_size[self.company], 0)

    def industry(self) -> Ints:
        """Industry by person; -1: none."""
        return np.where(self.company >= 0, self.company_industry[self.company], -1)


def draw_clock(rng: np.random.Generator, day: Floats, offset: Floats) -> Floats:
    """Put a moment of the local day on whole days: mostly office hours, sometimes late."""
    rows = len(day)
    office = rng.uniform(8.0, 18.0, rows)
    evening = rng.uniform(18.0, 24.0, rows)
    night = rng.uniform(0.0, 8.0, rows)
    roll = rng.random(rows)
    hour = np.where(roll < 0.76, office, np.where(roll < 0.94, evening, night))
    return np.asarray(np.maximum(np.floor(day) + (hour - offset) / 24, 0.001))


def fair_days(settings: Settings) -> Floats:
    """Days on which trade fairs begin."""
    return np.arange(10.0, max(settings.days - 4.0, 11.0), 60.0)


def _draw_begin(
    rng: np.random.Generator, settings: Settings, offset: Floats, source: Ints
) -> Floats:
    """First touches: growing demand, quiet weekends; visitors of fairs come on fair days."""
    rows = len(offset)
    day = np.floor(settings.days * (1 - 0.92 * (1 - rng.random(rows) ** 0.5)) - 1)
    weekend = (settings.start.weekday() + day) % 7 >= 5
    day = np.where(weekend & (rng.random(rows) < 0.65), day - 2, day)
    fairs = fair_days(settings)
    at_fair = source == words.TRADE_FAIR
    fair = fairs[rng.integers(0, len(fairs), rows)] + rng.integers(0, 3, rows)
    day = np.clip(np.where(at_fair, fair, day), 0, settings.days - 1)
    clock = draw_clock(rng, day, offset)
    at_noon = day + rng.uniform(8.5, 17.0, rows) / 24
    return np.asarray(np.minimum(np.where(at_fair, at_noon, clock), settings.days - 0.02))


def _fit(
    industry: Ints, size: Ints, title: Ints, country: Ints, rng: np.random.Generator
) -> Floats:
    """Latent fit: known parts by industry, size, title and country, and a part nobody sees."""
    by_industry = np.array([item.fit for item in words.INDUSTRIES])
    by_title = np.array([item.fit for item in words.TITLES] + [-2.0, -2.0, -2.0])
    by_country = np.array([item.fit for item in words.COUNTRIES])
    by_size = np.select(
        [size < 5, size < 50, size < 300, size < 1000, size < 5000],
        [-1.2, -0.1, 0.8, 0.4, 0.0],
        -0.4,
    )
    industry_part = np.where(industry >= 0, by_industry[industry], -0.8)
    noise = rng.normal(0.0, 0.3, len(industry))
    return np.asarray(industry_part + by_size + by_title[title] + by_country[country] + noise)


def _addresses(
    rng: np.random.Generator,
    number: Ints,
    kind: Ints,
    company: Ints,
    first: Column,
    last: Column,
    role: Bools,
) -> Column:
    """E-mail addresses, own and second, all on reserved domains."""
    rows = len(number)
    at_firm = glue("firm", label("", np.maximum(company, 0)), ".example")
    fixed = ("", "campus.example", "freemail.example", "rival.example", "internal.example")
    private = np.where(rng.random(rows) < 0.6, 0, 1)
    at_free = pick(("freemail.example", "mail.example"), private)
    is_private = (company < 0) | (rng.random(rows) < 0.12)
    domain = choose(is_private, at_free, at_firm)
    special = (kind == words.STUDENT) & (rng.random(rows) < 0.6) | (kind >= words.COMPETITOR)
    domain = choose(special, pick(fixed, kind), domain)
    name = glue(first, ".", last, label("", number))
    role_name = pick(("info", "office", "contact", "sales"), rng.integers(0, 4, rows))
    own = glue(choose(role, role_name, name), "@", choose(role, at_firm, domain))
    second = glue(last, ".", first, label("", number), "@mail.example")
    return stack(own, second)


def draw_people(rng: np.random.Generator, settings: Settings, first: int, count: int) -> People:
    """Draw `count` persons, numbered from `first`, with their companies and devices."""
    companies = max(3, int(count * 0.45))
    company_country = rng.choice(len(words.COUNTRIES), companies, p=words.shares(words.COUNTRIES))
    company_industry = rng.choice(
        len(words.INDUSTRIES), companies, p=words.shares(words.INDUSTRIES)
    )
    company_size = np.maximum(1, np.exp(rng.normal(4.5, 1.7, companies))).astype(np.int64)
    kind = rng.choice(len(words.KINDS), count, p=words.KIND_SHARES)
    source = rng.choice(len(words.SOURCES), count, p=words.shares(words.SOURCES))
    company = (companies * rng.random(count) ** 1.4).astype(np.int64)
    employed = (kind == words.PROSPECT) & (rng.random(count) < 0.95)
    company = np.where(employed, company, -1)
    private_country = rng.choice(len(words.COUNTRIES), count, p=words.shares(words.COUNTRIES))
    moved = rng.random(count) < 0.06
    country = np.where((company >= 0) & ~moved, company_country[company], private_country)
    title = rng.choice(len(words.TITLES), count, p=words.shares(words.TITLES))
    student_title = len(words.TITLES) + rng.choice(3, count, p=[0.75, 0.1, 0.15])
    title = np.where(kind == words.STUDENT, student_title, title)
    offset = np.array([item.offset for item in words.COUNTRIES])[country]
    source_intent = np.array([item.intent for item in words.SOURCES])[source]
    size = np.where(company >= 0, company_size[company], 0)
    industry = np.where(company >= 0, company_industry[company], -1)
    number = np.arange(first, first + count)
    first_names = pick(words.FIRST_NAMES, rng.integers(0, len(words.FIRST_NAMES), count))
    last_names = pick(words.LAST_NAMES, rng.integers(0, len(words.LAST_NAMES), count))
    role = (company >= 0) & (rng.random(count) < 0.012)
    firm = np.where(company >= 0, company + first, -1)
    shares_device = (rng.random(count) < 0.015) & (np.arange(count) > 0)
    device = np.arange(count) - shares_device
    second = np.where(rng.random(count) < 0.22, np.arange(count) + count, -1)
    return People(
        first=first,
        kind=kind,
        source=source,
        country=country,
        company=company,
        title=title,
        topic=rng.integers(0, 4, count),
        intent=rng.normal(0.0, 1.0, count) + source_intent,
        fit=_fit(industry, size, title, country, rng),
        begin=_draw_begin(rng, settings, offset, source),
        device=device,
        second_device=second,
        has_user_id=rng.random(count) < 0.35,
        consents=rng.random(count) < 0.72,
        is_role=role,
        has_second_email=(rng.random(count) < 0.05) & ~role & (kind == words.PROSPECT),
        emails=_addresses(rng, number, kind, firm, lower(first_names), lower(last_names), role),
        first_names=first_names,
        last_names=last_names,
        devices=hexes(rng, 2 * count),
        browser=rng.integers(0, len(words.BROWSERS), 2 * count),
        company_number=first,
        company_industry=company_industry,
        company_size=company_size,
        company_country=company_country,
    )
