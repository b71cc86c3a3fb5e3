"""Write down what the tracker, the forms and the mailer saw, as raw tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.behavior import MINUTE, Forms, Visits, repeat_index
from demo.columns import (
    Bools,
    Column,
    Ints,
    choose,
    glue,
    hexes,
    label,
    nothing,
    numbers,
    pick,
    table,
    times,
    upper,
)
from demo.contract import RAW, Settings
from demo.outreach import (
    MAIL_CONTENT,
    MAIL_EVENTS,
    QUARTER,
    RESPONSE_TYPES,
    Mails,
    Responses,
    campaign_of_response,
    mail_campaign,
)
from demo.people import People, draw_clock

URLS = tuple(words.SITE + path for path in words.PAGES)
PROPERTIES = (
    '{"scroll_depth": 25}',
    '{"scroll_depth": 50}',
    '{"scroll_depth": 90}',
    '{"ab_test": "b"}',
    None,
)
EVENT_NAMES = ("page_view", "product_click", "identify", "scroll")
TERMS = ("workflow software", "analytics tool", "data integration", "brightmill")


def _ads(source: Ints, day: Any) -> Column:
    """Ids of the paid campaigns of visits, null where the source has none."""
    quarter = np.floor(day / QUARTER).astype(np.int64) + 1
    by_search = label("ads-google-", quarter, source != 1)
    by_social = label("ads-linkedin-", quarter, source != 2)
    return choose(source == 1, by_search, by_social)


def _tags(source: Ints, tagged: Bools, mail: Bools) -> dict[str, Column]:
    """UTM source and medium: of the person's source, or of the e-mail clicked."""
    code = np.where(tagged, source, -1)
    code = np.where(mail, 3, code)
    return {
        "utm_source": pick([item.utm_source for item in words.SOURCES], code),
        "utm_medium": pick([item.utm_medium for item in words.SOURCES], code),
    }


def write_visits(
    rng: np.random.Generator, settings: Settings, people: People, visits: Visits
) -> Any:
    """Web events of known persons."""
    rows = len(visits.person)
    source = people.source[visits.person]
    first_page = np.zeros(rows, dtype=bool)
    order = np.lexsort((visits.at, visits.session))
    session = visits.session[order]
    first_page[order] = np.concatenate([[True], session[1:] != session[:-1]])[:rows]
    referrers = (*(item.referrer for item in words.SOURCES), URLS[0])
    came_from = np.where(first_page, np.where(visits.tagged, source, -1), len(referrers) - 1)
    url = pick(URLS, visits.page)
    odd = rng.random(rows)
    url = choose(odd < 0.04, glue(url, "?ref=menu"), url)
    called = visits.name == 2
    agent = people.browser[visits.device]
    campaign = choose(visits.tagged, _ads(source, visits.at), nothing(rows))
    return table(
        {
            "event_id": hexes(rng, rows),
            "event_name": pick(EVENT_NAMES, visits.name),
            "occurred_at": times(visits.at, settings.start),
            "anonymous_id": pick(people.devices, visits.device),
            "user_id": label(
                "u", people.number[visits.person], ~(called & people.has_user_id[visits.person])
            ),
            "email": pick(people.emails, visits.address),
            "session_id": label(f"s{people.first}-", visits.session),
            "page_url": url,
            "page_title": pick(words.PAGE_TITLES, visits.page),
            "referrer_url": pick(referrers, came_from),
            **_tags(source, visits.tagged, visits.mail),
            "utm_campaign": campaign,
            "utm_content": nothing(rows),
            "utm_term": pick(TERMS, rng.integers(0, 4, rows), ~((source == 1) & visits.tagged)),
            "user_agent": pick(words.BROWSERS, agent),
            "country_code": pick(
                [item.code for item in words.COUNTRIES], people.country[visits.person]
            ),
            "properties": pick(PROPERTIES, rng.choice(5, rows, p=[0.04, 0.04, 0.04, 0.03, 0.85])),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["web_events"],
    )


def write_strangers(
    rng: np.random.Generator, settings: Settings, persons: int, first: int
) -> tuple[Any, int]:
    """Web events of visitors who never say who they are, and of robots.

    Returns
    -------
    table
        Web events.
    int
        Number of robots.
    """
    visitors, robots = max(2, persons * 2 // 5), max(2, persons // 100)
    counts = np.concatenate([rng.geometric(0.4, visitors), 40 + rng.geometric(0.008, robots)])
    owner, place = repeat_index(counts)
    rows = len(owner)
    is_robot = owner >= visitors
    begin = draw_clock(
        rng, (settings.days - 2) * rng.random(visitors + robots), np.zeros(visitors + robots)
    )
    gap = np.where(is_robot, 0.05, 1.2) * MINUTE
    page = rng.integers(0, len(URLS), rows)
    page = np.where(is_robot, page, rng.choice([0, 1, 2, 12, 13, 14, 15, 4, 5], rows))
    agent = np.concatenate(
        [rng.integers(0, 4, visitors), 4 + rng.integers(0, len(words.ROBOTS), robots)]
    )
    source = np.concatenate([rng.integers(0, len(words.SOURCES), visitors), np.full(robots, -1)])[
        owner
    ]
    devices = hexes(rng, visitors + robots)
    at = np.minimum(
        begin[owner] + place * gap + rng.random(rows) * gap * 0.9, settings.days - 0.001
    )
    events = table(
        {
            "event_id": hexes(rng, rows),
            "event_name": pick(EVENT_NAMES, np.zeros(rows, dtype=np.int64)),
            "occurred_at": times(at, settings.start),
            "anonymous_id": pick(devices, owner),
            "user_id": nothing(rows),
            "email": nothing(rows),
            "session_id": label(f"x{first}-", owner),
            "page_url": pick(URLS, page),
            "page_title": pick(words.PAGE_TITLES, page),
            "referrer_url": pick(
                [item.referrer for item in words.SOURCES], np.where(place == 0, source, -1)
            ),
            **_tags(source, source >= 0, np.zeros(rows, dtype=bool)),
            "utm_campaign": _ads(source, at),
            "utm_content": nothing(rows),
            "utm_term": nothing(rows),
            "user_agent": pick((*words.BROWSERS, *words.ROBOTS), agent[owner]),
            "country_code": pick(
                [item.code for item in words.COUNTRIES], owner % len(words.COUNTRIES)
            ),
            "properties": nothing(rows),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["web_events"],
    )
    return events, robots


def write_forms(rng: np.random.Generator, settings: Settings, people: People, forms: Forms) -> Any:
    """Form submissions."""
    rows = len(forms.person)
    who = forms.person
    address = pick(people.emails, forms.address)
    shouted = rng.random(rows) < 0.03
    spaced = rng.random(rows) < 0.01
    address = choose(shouted, upper(address), address)
    address = choose(spaced, glue(" ", address, " "), address)
    size = people.size()[who]
    short = forms.form == words.NEWSLETTER
    skipped = short | (rng.random(rows) < 0.15)
    company = people.company[who]
    fields = pick(
        tuple(f'{{"topic": "{topic}", "source": "form"}}' for topic in words.TOPICS),
        people.topic[who],
        short,
    )
    source = people.source[who]
    return table(
        {
            "submission_id": hexes(rng, rows),
            "form_id": pick(words.FORMS, forms.form),
            "occurred_at": times(forms.at, settings.start),
            "anonymous_id": pick(people.devices, forms.device),
            "email": address,
            "first_name": pick(people.first_names, who),
            "last_name": pick(people.last_names, who),
            "company_name": label(
                "Firm ", company + people.company_number, (company < 0) | skipped
            ),
            "job_title": pick(titles(), people.title[who], skipped),
            "phone": phones(rng, rows, skipped | (forms.form < words.CONTACT)),
            "country_code": pick([item.code for item in words.COUNTRIES], people.country[who]),
            "employee_count": numbers(size, (size == 0) | skipped),
            "consent_marketing": numbers(people.consents[who]),
            "page_url": pick(URLS, forms.page),
            **_tags(source, forms.tagged, np.zeros(rows, dtype=bool)),
            "utm_campaign": choose(forms.tagged, _ads(source, forms.at), nothing(rows)),
            "fields": fields,
            "loaded_at": nothing(rows, "time"),
        },
        RAW["form_submissions"],
    )


def write_mails(rng: np.random.Generator, settings: Settings, people: People, mails: Mails) -> Any:
    """E-mail events."""
    rows = len(mails.person)
    path = np.array([12, 20, 16, 8, 4])[mails.content // 4] + mails.content % 4
    return table(
        {
            "event_id": hexes(rng, rows),
            "event_name": pick(MAIL_EVENTS, mails.name),
            "occurred_at": times(mails.at, settings.start),
            "email": pick(people.emails, mails.person),
            "campaign_id": mail_campaign(mails.campaign),
            "content_id": pick(MAIL_CONTENT, mails.content),
            "url": pick(URLS, path, mails.name != 2),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["email_events"],
    )


def write_responses(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    responses: Responses,
    has_lead: Bools,
) -> Any:
    """Campaign responses, by address or, for some, by CRM lead alone."""
    rows = len(responses.person)
    who = responses.person
    by_lead = has_lead[who] & (rng.random(rows) < 0.12)
    both = has_lead[who] & (rng.random(rows) < 0.3)
    content = tuple(f"webinar-{topic}" for topic in words.TOPICS)
    return table(
        {
            "response_id": label(f"resp-{people.first}-", np.arange(rows)),
            "campaign_id": campaign_of_response(responses.kind, responses.campaign),
            "occurred_at": times(responses.at, settings.start),
            "email": pick(people.emails, who, by_lead),
            "crm_lead_id": label("lead-", people.number[who], ~(by_lead | both)),
            "response_type": pick(RESPONSE_TYPES, responses.kind),
            "content_id": pick(content, people.topic[who], responses.kind != 2),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["campaign_responses"],
    )


def titles() -> tuple[str, ...]:
    """Job titles by number."""
    return (*(item.name for item in words.TITLES), *words.EXTRA_TITLES)


def phones(rng: np.random.Generator, rows: int, mask: Bools) -> Column:
    """Telephone numbers of a range kept free for fiction."""
    return label("+1-555-01", rng.integers(10, 100, rows), mask)
