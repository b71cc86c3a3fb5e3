"""Words and known coefficients of the simulated company."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SITE = "https://www.brightmill.example"
TOPICS = ("analytics", "automation", "integration", "security")
KINDS = ("prospect", "student", "job_seeker", "competitor", "internal")
KIND_SHARES = (0.89, 0.035, 0.045, 0.015, 0.015)
PROSPECT, STUDENT, JOB_SEEKER, COMPETITOR, INTERNAL = range(5)

# fmt: off
FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Kira",
    "Leo", "Maya", "Nils", "Olga", "Paul", "Rita", "Sam", "Tara", "Uwe", "Vera", "Will",
    "Xenia", "Yann", "Zoe", "Aiko", "Bruno", "Carla", "Dan", "Emma", "Finn", "Gita", "Hana",
    "Ivan", "Julia", "Karl", "Lina", "Marco", "Nora", "Omar",
)
# fmt: on
# fmt: off
LAST_NAMES = (
    "Adler", "Baker", "Costa", "Diaz", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jansen",
    "Keller", "Lopez", "Meyer", "Novak", "Olsen", "Peters", "Quinn", "Rossi", "Silva", "Tanaka",
    "Ueda", "Vogel", "Weber", "Young", "Zimmer", "Berg", "Clark", "Dubois", "Ferrari", "Gruber",
    "Hofer", "Kumar", "Lang", "Martin", "Nguyen", "Ortiz", "Patel", "Ricci", "Schmidt", "Tan",
)
# fmt: on


class Source(NamedTuple):
    """A lead source, its web tags, share, lift of intent and of the log odds to win."""

    lead_source: str
    utm_source: str | None
    utm_medium: str | None
    referrer: str | None
    share: float
    intent: float
    win: float
    direct: float
    """Share of leads handed over without waiting for points."""


SOURCES = (
    Source("organic_search", "google", "organic", "https://www.search.example/", 0.24, 0.1, 1.0, 0),
    Source("paid_search", "google", "cpc", "https://www.search.example/", 0.19, 0, 0, 0),
    Source("social", "linkedin", "social", "https://social.example/feed", 0.15, -0.2, -3.0, 0),
    Source("email", "newsletter", "email", None, 0.08, -0.1, -2.4, 0),
    Source("referral", "reviews", "referral", "https://reviews.example/top", 0.08, 0.2, 2.6, 0.4),
    Source("trade_fair", None, None, None, 0.09, -0.1, -2.2, 0.35),
    Source("partner", "partner", "referral", "https://partner.example/", 0.05, 0.2, 2.9, 0.5),
    Source("direct_traffic", None, None, None, 0.12, 0.1, 0.3, 0),
)
TRADE_FAIR = 5


class Country(NamedTuple):
    """A country, its share, sales team, hours ahead of UTC and fit."""

    code: str
    share: float
    team: int
    offset: float
    fit: float


TEAMS = ("emea", "americas", "apac")
TEAM_OFFSETS = np.array([1.0, -5.0, 8.0])
COUNTRIES = (
    Country("DE", 0.22, 0, 1, 0.3),
    Country("AT", 0.05, 0, 1, 0.3),
    Country("CH", 0.06, 0, 1, 0.4),
    Country("GB", 0.10, 0, 0, 0.0),
    Country("FR", 0.08, 0, 1, -0.1),
    Country("NL", 0.05, 0, 1, 0.3),
    Country("ES", 0.04, 0, 1, -0.3),
    Country("US", 0.22, 1, -6, 0.1),
    Country("CA", 0.04, 1, -5, 0.0),
    Country("BR", 0.04, 1, -3, -0.6),
    Country("SG", 0.03, 2, 8, 0.2),
    Country("AU", 0.03, 2, 10, 0.0),
    Country("JP", 0.01, 2, 9, -0.4),
    Country("IN", 0.03, 2, 5.5, -0.7),
)


class Weighted(NamedTuple):
    """A word, its share and its part of the fit."""

    name: str
    share: float
    fit: float


INDUSTRIES = (
    Weighted("software", 0.20, 0.6),
    Weighted("finance", 0.13, 0.2),
    Weighted("manufacturing", 0.17, -0.2),
    Weighted("retail", 0.14, -0.4),
    Weighted("healthcare", 0.10, 0.7),
    Weighted("logistics", 0.11, 0.4),
    Weighted("education", 0.08, -0.9),
    Weighted("public_sector", 0.07, -0.6),
)
TITLES = (
    Weighted("Chief Executive Officer", 0.05, 0.0),
    Weighted("Chief Technology Officer", 0.05, 0.5),
    Weighted("CFO", 0.03, -0.2),
    Weighted("VP Operations", 0.05, 0.6),
    Weighted("Head of Data", 0.07, 0.9),
    Weighted("Director of Engineering", 0.06, 0.7),
    Weighted("Marketing Manager", 0.10, 0.1),
    Weighted("Operations Manager", 0.10, 0.6),
    Weighted("Project Manager", 0.07, 0.2),
    Weighted("Software Engineer", 0.13, -0.5),
    Weighted("Solution Architect", 0.06, 0.1),
    Weighted("Data Analyst", 0.10, -0.2),
    Weighted("Data Scientist", 0.05, -0.2),
    Weighted("Marketing Assistant", 0.04, -0.9),
    Weighted("Consultant", 0.04, -0.6),
)
EXTRA_TITLES = ("Student", "Professor", "Intern")

PAGES = (
    "/",
    "/pricing",
    "/about",
    "/careers",
    *(f"/products/{topic}" for topic in TOPICS),
    *(f"/case-studies/{topic}" for topic in TOPICS),
    *(f"/blog/{topic}" for topic in TOPICS),
    *(f"/webinars/{topic}" for topic in TOPICS),
    *(f"/whitepapers/{topic}" for topic in TOPICS),
    "/newsletter",
    "/demo",
    "/contact",
    "/careers/engineer",
)
PAGE_BASE = np.array([0, 1, 2, 3, 4, 8, 12, 16, 20])
TOPICAL = np.array([False] * 4 + [True] * 5)
TYPE_OF_PAGE = np.array([0, 1, 2, 3, *np.repeat([4, 5, 6, 7, 8], 4), 0, 0, 0, 3])
PAGE_TITLES = tuple(path.strip("/").replace("/", " ").replace("-", " ") or "home" for path in PAGES)

# Log weight of each page type by kind of person, and its slope on intent.
PAGE_WEIGHTS = np.log(
    np.array(
        [
            [0.16, 0.07, 0.04, 0.015, 0.22, 0.10, 0.23, 0.08, 0.09],
            [0.10, 0.01, 0.04, 0.03, 0.08, 0.05, 0.45, 0.06, 0.18],
            [0.15, 0.01, 0.14, 0.50, 0.08, 0.02, 0.08, 0.01, 0.01],
            [0.10, 0.22, 0.05, 0.03, 0.38, 0.12, 0.05, 0.02, 0.03],
            [0.25, 0.12, 0.05, 0.05, 0.23, 0.10, 0.12, 0.04, 0.04],
        ]
    )
)
PAGE_SLOPES = np.array([0.0, 0.75, -0.1, -0.5, 0.3, 0.35, -0.3, 0.1, 0.0])

FORMS = ("newsletter", "whitepaper", "webinar", "contact", "demo_request")
NEWSLETTER, WHITEPAPER, WEBINAR, CONTACT, DEMO = range(5)
FORM_BASE = np.array([-1.0, -1.0, -1.7, -2.9, -2.6])
FORM_SLOPES = np.array([-0.2, 0.3, 0.4, 0.3, 0.9])
FORM_PAGE = np.array([24, 20, 16, 26, 25])

# Points and caps by which marketing hands over: web by page type, product click, forms
# (in the order of FORMS), e-mail click, webinar attended, trade fair, QR code.
HANDOVER_POINTS = np.array([1, 6, 1, -10, 2, 4, 1, 0, 0, 3, 7, 8, 6, 15, 25, 2, 10, 8, 5])
HANDOVER_CAPS = np.array([5, 3, 5, 3, 5, 3, 5, 0, 0, 5, 1, 3, 3, 2, 2, 5, 3, 2, 3])
CODE_CLICK, CODE_FORM, CODE_MAIL, CODE_ATTENDED, CODE_FAIR, CODE_QR = 9, 10, 15, 16, 17, 18
HANDOVER_AT = 30

# The truth: log odds that a worked lead is won.
WIN_INTERCEPT = -2.4
WIN_INTENT = 0.35
WIN_FIT = 1.8
WIN_PRICING = 0.45
WIN_DEMO = 0.8
WIN_WEBINAR = 0.7
WIN_PRODUCT = 0.25
WIN_CAREERS = -1.4
WIN_BLOG = -0.45
WIN_AGE = -0.012
WIN_RECENT = 0.12
WIN_UNWORKED = 0.05
"""Never-worked leads win with this share of the probability of worked ones."""

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
)
ROBOTS = (
    "Mozilla/5.0 (compatible; examplebot/2.1; +https://bot.example/)",
    "site-spider/1.0",
    "webcrawler/3.2",
    "Mozilla/5.0 HeadlessChrome/126.0",
    "uptime-monitoring/1.4",
    "curl/8.5.0",
    "python-requests/2.32",
)
LOST_REASONS = ("price", "competitor", "no_decision", "timing", "missing_feature")


def shares(words: tuple[Weighted, ...] | tuple[Source, ...] | tuple[Country, ...]) -> list[float]:
    """Shares of a vocabulary, summing to one."""
    total = sum(word.share for word in words)
    return [word.share / total for word in words]
