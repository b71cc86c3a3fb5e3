"""Words that readers stumbled over stay out of what people read."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.dbt_runs import PROJECT

STUMBLED = re.compile(
    r"the way on your|no time between|\bcosts? an? (?:lead|mql|sal|sql|win)\b|\bis told by\b"
    r"|\bare told by\b|\bmend (?:the|it)\b|\b(?:is|are) no numbers?\b|\bdeal a lead\b"
    r"|\bwhom nobody\b|\baccount book\b|\bnobody of sales\b|\bpass(?:es)? through the funnel\b",
    re.I,
)
# What is called otherwise where only those who write the code read, too: a cycle, the points
# ledger, slots, a signal.
IN_COMMENTS = re.compile(
    r"\bthe book\b|\bwhat room\b|\brow per statement\b"
    r"|\b(?:a|an earlier|each|one|per|whole|its|their|the|this) pass(?:es)?\b(?! of the | over)",
    re.I,
)
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.S)


def pages() -> Iterator[tuple[Path, str]]:
    """What people read, by file."""
    for file in [
        *PROJECT.glob("*.md"),
        PROJECT / "demo/README.md",
        *(PROJECT / "docs").rglob("*.md"),
        *(PROJECT / "models").rglob("*.yml"),
        *(PROJECT / "models").rglob("*.md"),
        *(PROJECT / "seeds").glob("*"),
        *(PROJECT / "lead_funnel").rglob("*.py"),
        *(PROJECT / "ml").rglob("*.py"),
    ]:
        if file.name != "CHANGELOG.md":
            yield file, file.read_text(encoding="utf-8")


def comments() -> Iterator[tuple[Path, str]]:
    """Comments of SQL, by file."""
    for folder in ("models", "macros", "tests"):
        for file in (PROJECT / folder).rglob("*.sql"):
            yield file, " ".join(COMMENT.findall(file.read_text(encoding="utf-8")))


def hits(texts: Iterator[tuple[Path, str]], words: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (file.name, hit[0])
        for file, text in texts
        for hit in words.finditer(" ".join(text.split()))
    ]


def code() -> Iterator[tuple[Path, str]]:
    """Python and lists that only those read who write them, by file."""
    files = [
        file
        for folder in ("bench", "demo", "engines", "tests")
        for ending in ("py", "yml")
        for file in (PROJECT / folder).rglob(f"*.{ending}")
    ]
    for file in files:
        if file.name != Path(__file__).name:
            yield file, file.read_text(encoding="utf-8")


def test_nobody_stumbles_over_the_words() -> None:
    assert not hits(pages(), STUMBLED)
    assert not hits(pages(), IN_COMMENTS)


def test_nobody_stumbles_over_the_words_of_code() -> None:
    assert sum(1 for _ in code()) > 300
    assert not hits(code(), STUMBLED)
    assert not hits(code(), IN_COMMENTS)


def test_nobody_stumbles_over_the_comments_of_sql() -> None:
    assert sum(1 for _, text in comments() if text) > 300
    assert not hits(comments(), STUMBLED)
    assert not hits(comments(), IN_COMMENTS)


def test_words_are_found_across_lines_and_in_comments_alone() -> None:
    sql = "{# One row per\n   statement. #} select 'the book' -- one pass, and the book"
    found = hits(iter([(Path("x.sql"), " ".join(COMMENT.findall(sql)))]), IN_COMMENTS)
    assert [word.lower() for _, word in found] == ["row per statement", "one pass", "the book"]
