"""Words that readers stumbled over stay out of what people read."""

import re
from pathlib import Path

from tests.dbt_runs import PROJECT

STUMBLED = re.compile(
    r"the way on your|no time between|\bcosts? an? (?:lead|mql|sal|sql|win)\b|\bis told by\b"
    r"|\bare told by\b|\bmend (?:the|it)\b|\b(?:is|are) no numbers?\b|\bdeal a lead\b"
    r"|\bwhom nobody\b|\baccount book\b|\bnobody of sales\b|\bpass through the funnel\b",
    re.I,
)


def pages() -> list[Path]:
    return [
        *PROJECT.glob("*.md"),
        PROJECT / "demo/README.md",
        *(PROJECT / "docs").rglob("*.md"),
        *(PROJECT / "models").rglob("*.yml"),
        *(PROJECT / "models").rglob("*.md"),
        *(PROJECT / "seeds").glob("*"),
        *(PROJECT / "lead_funnel").rglob("*.py"),
        *(PROJECT / "ml").rglob("*.py"),
    ]


def test_nobody_stumbles_over_the_words() -> None:
    found = [
        (page.name, hit[0])
        for page in pages()
        if page.name != "CHANGELOG.md"
        for hit in STUMBLED.finditer(" ".join(page.read_text(encoding="utf-8").split()))
    ]
    assert not found
