"""Let mail gateways of some firms follow every link of a message before it is let through."""

from __future__ import annotations

from typing import Any

import numpy as np

from demo.behavior import repeat_index
from demo.columns import hexes, nothing, pick, table, times
from demo.contract import RAW, TRUTH, Settings
from demo.outreach import MAIL_CONTENT, MAIL_EVENTS, mail_campaign
from demo.people import People
from demo.story import Story
from demo.web import URLS

EVERY = 25
"""One firm in so many has such a gateway."""
LINKS = 3
SECOND = 1 / 86_400


def write_scans(
    rng: np.random.Generator, settings: Settings, people: People, story: Story
) -> tuple[Any, Any]:
    """Build the clicks of machines for `email_events`, and `truth_machine_clicks`.

    They come two to seven seconds after the delivery, on different links.
    """
    mails = story.mails
    has_gateway = (people.company >= 0) & (people.company % EVERY == 0)
    scanned = (mails.name == MAIL_EVENTS.index("delivered")) & has_gateway[mails.person]
    sent = np.flatnonzero(scanned & (mails.at < settings.days - 0.001))
    owner, place = repeat_index(np.full(len(sent), LINKS))
    mail = sent[owner]
    rows = len(mail)
    event = hexes(rng, rows)
    at = mails.at[mail] + (2 + 2 * place + rng.random(rows)) * SECOND
    clicks = {
        "event_id": event,
        "event_name": pick(("clicked",), mail * 0),
        "occurred_at": times(at, settings.start),
        "email": pick(people.emails, mails.person[mail]),
        "campaign_id": mail_campaign(mails.campaign[mail]),
        "content_id": pick(MAIL_CONTENT, mails.content[mail], place > 0),
        "url": pick(URLS, np.array([0, 1, 2])[place]),
        "loaded_at": nothing(rows, "time"),
    }
    return (
        table(clicks, RAW["email_events"]),
        table({"event_id": event}, TRUTH["truth_machine_clicks"]),
    )
