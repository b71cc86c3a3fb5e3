"""Run campaigns: e-mails, webinars, trade fairs, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from demo import vocabulary as words
from demo.behavior import MINUTE, PAGE_VIEW, Forms, Visits, sigmoid
from demo.columns import (
    Column,
    Floats,
    Ints,
    choose,
    dates,
    label,
    nothing,
    numbers,
    pick,
    stack,
    table,
    times,
)
from demo.contract import RAW, Settings
from demo.people import People, fair_days

MAIL_EVENTS = ("delivered", "opened", "clicked", "bounced", "unsubscribed", "complained")
RESPONSE_TYPES = ("trade_fair", "qr_scan", "webinar_attended", "qr_scan")
PRIZE_DRAW = 3
"""Kind of the answers to a prize draw, by a scanned code."""
PRIZE_DAYS, PRIZE_LASTS = (0.4, 0.75), 4.0
"""When prizes are drawn, in parts of the time simulated, and for how many days."""
MAIL_EVERY, WEBINAR_EVERY, QUARTER = 21, 14, 91
MAIL_CONTENT = tuple(
    f"{kind}-{topic}"
    for kind in ("blog", "whitepaper", "webinar", "case-study", "product")
    for topic in words.TOPICS
)
ADS = (("google", "paid_search"), ("linkedin", "social"))


@dataclass(frozen=True)
class Mails:
    """E-mail events, one row each."""

    person: Ints
    at: Floats
    name: Ints
    campaign: Ints
    content: Ints


@dataclass(frozen=True)
class Responses:
    """Campaign responses, one row each."""

    person: Ints
    at: Floats
    kind: Ints
    campaign: Ints


def mail_days(settings: Settings) -> Floats:
    """Moments at which e-mail campaigns are sent."""
    return np.arange(5.0, settings.days, MAIL_EVERY) + 9 / 24


def send_mails(
    rng: np.random.Generator, settings: Settings, people: People, known_at: Floats, intent: Floats
) -> tuple[Mails, Floats]:
    """Send campaigns to consenting people while they are fresh.

    Returns
    -------
    Mails
        Events.
    ndarray
        When each person unsubscribed or complained; NaN: never.
    """
    sent = mail_days(settings)
    age = sent[None, :] - known_at[:, None]
    gets = (age > 0.5) & (age < 300) & people.consents[:, None] & (rng.random(age.shape) < 0.75)
    person, mail = np.nonzero(gets)
    rows = len(person)
    age = age[person, mail]
    interest = np.clip(intent[person], -2.5, 2.5) - age / 120
    at = sent[mail] + rng.random(rows) * 40 * MINUTE
    bounced = rng.random(rows) < np.where(people.is_role[person], 0.05, 0.006)
    opened = ~bounced & (rng.random(rows) < sigmoid(-0.7 + 0.45 * interest))
    clicked = opened & (rng.random(rows) < sigmoid(-1.7 + 0.5 * interest))
    roll = rng.random(rows)
    left = opened & (roll < sigmoid(-4.2 - 0.5 * interest))
    complained = left & (rng.random(rows) < 0.12)
    opened_at = at + rng.exponential(0.35, rows)
    clicked_at = opened_at + (0.3 + rng.random(rows)) * MINUTE
    left_at = opened_at + (1.5 + rng.random(rows)) * MINUTE
    gone_at = np.full(people.count, np.inf)
    np.minimum.at(gone_at, person[left], left_at[left])
    np.minimum.at(gone_at, person[bounced], at[bounced] + MINUTE)
    kept = at < gone_at[person]
    delivered = kept & ~bounced
    # The owner of the mail leaves at most once: later mails are not sent to them.
    parts = [
        (delivered, 0, at),
        (opened & kept, 1, opened_at),
        (clicked & kept, 2, clicked_at),
        (bounced & kept, 3, at + 0.2 * MINUTE),
        (left & ~complained & kept, 4, left_at),
        (complained & kept, 5, left_at),
    ]
    content = (mail * 7 + 3 * people.topic[person]) % len(MAIL_CONTENT)
    mails = Mails(
        person=np.concatenate([person[chosen] for chosen, _, _ in parts]),
        at=np.concatenate([moment[chosen] for chosen, _, moment in parts]),
        name=np.concatenate([np.full(int(chosen.sum()), name) for chosen, name, _ in parts]),
        campaign=np.concatenate([mail[chosen] for chosen, _, _ in parts]),
        content=np.concatenate([content[chosen] for chosen, _, _ in parts]),
    )
    opted_out = np.full(people.count, np.inf)
    np.minimum.at(opted_out, person[left & kept], left_at[left & kept])
    return mails, np.where(np.isinf(opted_out), np.nan, opted_out)


def follow_links(
    rng: np.random.Generator, people: People, mails: Mails, first_session: int
) -> Visits:
    """Page views that clicks in e-mails lead to."""
    clicks = np.flatnonzero(mails.name == 2)
    person = mails.person[clicks]
    kind = mails.content[clicks] // 4
    page_type = np.array([6, 8, 7, 5, 4])[kind]
    second = people.second_device[person]
    use_second = (second >= 0) & (rng.random(len(clicks)) < 0.5)
    return Visits(
        person=person,
        session=first_session + np.arange(len(clicks)),
        at=mails.at[clicks] + 5 / 86400,
        name=np.full(len(clicks), PAGE_VIEW),
        page=words.PAGE_BASE[page_type] + mails.content[clicks] % 4,
        device=np.where(use_second, second, people.device[person]),
        tagged=np.zeros(len(clicks), dtype=bool),
        mail=np.ones(len(clicks), dtype=bool),
        address=np.full(len(clicks), -1),
    )


def respond(
    rng: np.random.Generator, settings: Settings, people: People, forms: Forms, intent: Floats
) -> Responses:
    """Trade-fair visits and QR scans of those whose source is a fair; webinars attended."""
    fairs = fair_days(settings)
    guests = np.flatnonzero((people.source == words.TRADE_FAIR) & (people.kind != words.INTERNAL))
    fair = np.maximum(np.searchsorted(fairs, people.begin[guests], side="right") - 1, 0)
    scans = np.flatnonzero(rng.random(len(guests)) < 0.45)
    signups = np.flatnonzero(forms.form == words.WEBINAR)
    webinar = np.floor(forms.at[signups] / WEBINAR_EVERY).astype(np.int64) + 1
    attended = rng.random(len(signups)) < sigmoid(0.1 + 0.35 * intent[forms.person[signups]])
    signups, webinar = signups[attended], webinar[attended]
    return Responses(
        person=np.concatenate([guests, guests[scans], forms.person[signups]]),
        at=np.concatenate(
            [
                people.begin[guests] + 1 * MINUTE,
                people.begin[guests[scans]] + (3 + 5 * rng.random(len(scans))) * MINUTE,
                webinar * WEBINAR_EVERY + (15 * 60 + rng.integers(0, 20, len(signups))) * MINUTE,
            ]
        ),
        kind=np.repeat([0, 1, 2], [len(guests), len(scans), len(signups)]),
        campaign=np.concatenate([fair, fair[scans], webinar]),
    )


def campaign_of_response(kind: Ints, campaign: Ints) -> Column:
    """Ids of the campaigns of responses."""
    fair = choose(kind == PRIZE_DRAW, label("prize-", campaign + 1), label("fair-", campaign + 1))
    return choose(kind == 2, label("webinar-", campaign), fair)


def prize_days(settings: Settings) -> Floats:
    """Days on which a prize is drawn."""
    return np.asarray(np.floor(np.array(PRIZE_DAYS) * settings.days))


def _spans(settings: Settings) -> list[tuple[str, str, str, float, float, float]]:
    """Id, name, channel, begin, end and cost of every campaign."""
    spans: list[tuple[str, str, str, float, float, float]] = []
    scale = settings.leads / 5000
    for place, day in enumerate(mail_days(settings)):
        spans.append(
            (
                f"mail-{place + 1}",
                f"Newsletter {place + 1}",
                "email",
                np.floor(day),
                np.floor(day) + 3,
                120 * scale,
            )
        )
    for place, day in enumerate(fair_days(settings)):
        spans.append(
            (f"fair-{place + 1}", f"Trade fair {place + 1}", "event", day, day + 3, 9000 * scale)
        )
    for place in range(1, settings.days // WEBINAR_EVERY + 1):
        day = float(place * WEBINAR_EVERY)
        spans.append((f"webinar-{place}", f"Webinar {place}", "webinar", day, day + 1, 300 * scale))
    for quarter, day in enumerate(range(0, settings.days, QUARTER)):
        for source, channel in ADS:
            end = float(min(day + QUARTER, settings.days))
            spans.append(
                (
                    f"ads-{source}-{quarter + 1}",
                    f"Ads {source} {quarter + 1}",
                    channel,
                    float(day),
                    end,
                    110 * scale,
                )
            )
    for place, day in enumerate(prize_days(settings)):
        end = day + PRIZE_LASTS
        spans.append(
            (f"prize-{place + 1}", f"Prize draw {place + 1}", "social", day, end, 2500 * scale)
        )
    return spans


def list_campaigns(settings: Settings) -> Any:
    """Build the raw table `campaigns`; a campaign is known on the day it begins."""
    spans = [span for span in _spans(settings) if span[3] < settings.days]
    begin = np.array([span[3] for span in spans])
    personas = ("executive", "marketer", "operations", "engineer", "analyst", None)
    return table(
        {
            "campaign_id": pick([span[0] for span in spans], np.arange(len(spans))),
            "name": pick([span[1] for span in spans], np.arange(len(spans))),
            "channel": pick([span[2] for span in spans], np.arange(len(spans))),
            "started_at": times(begin, settings.start),
            "ended_at": times(
                np.minimum([span[4] for span in spans], settings.days), settings.start
            ),
            "target_persona": choose(
                np.array([span[0].startswith("prize-") for span in spans]),
                pick(("executive",), np.zeros(len(spans), dtype=np.int64)),
                pick(personas, np.arange(len(spans)) % 6),
            ),
            "loaded_at": nothing(len(spans), "time"),
        },
        RAW["campaigns"],
    )


def list_costs(settings: Settings) -> Any:
    """Build the raw table `campaign_costs`.

    One row per campaign and day; advertisements cost daily, the others once.
    """
    spans = [span for span in _spans(settings) if span[3] < settings.days]
    daily = [span for span in spans if span[0].startswith("ads-")]
    single = [span for span in spans if not span[0].startswith("ads-")]
    counts = np.array([int(span[4] - span[3]) for span in daily])
    owner = np.repeat(np.arange(len(daily)), counts)
    day = np.concatenate([np.arange(int(span[3]), int(span[4])) for span in daily])
    wobble = 0.8 + 0.4 * ((day * 37 + owner * 11) % 100) / 100
    amount = np.concatenate(
        [np.array([span[5] for span in daily])[owner] * wobble, [span[5] for span in single]]
    )
    rows = len(amount)
    return table(
        {
            "campaign_id": stack(
                pick([span[0] for span in daily], owner),
                pick([span[0] for span in single], np.arange(len(single))),
            ),
            "cost_date": dates(
                np.concatenate([day, [int(span[3]) for span in single]]).astype(np.int64),
                settings.start,
            ),
            "amount": numbers(np.round(amount, 2)),
            "currency_code": pick(("EUR",), np.zeros(rows, dtype=np.int64)),
            "loaded_at": nothing(rows, "time"),
        },
        RAW["campaign_costs"],
    )


def mail_campaign(campaign: Ints) -> Column:
    """Ids of e-mail campaigns."""
    return label("mail-", campaign + 1)
