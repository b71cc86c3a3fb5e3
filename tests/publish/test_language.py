"""Report and summary in German: whole, with German numbers, and English left as it is."""

import html
import re
from pathlib import Path

import pytest

from lead_funnel import language
from lead_funnel.command.app import main
from lead_funnel.report import wording
from lead_funnel.report.page import unbroken
from lead_funnel.report.report import render
from lead_funnel.report.said import COSTS, GATES, REMEDIES, WARNINGS, said_each
from lead_funnel.report.summary import summarize
from tests.publish import report_pages
from tests.publish.messages import Message, catalog, marked

PLACEHOLDER = re.compile(r"{\w*}")
# What others named, or said in the warehouse, and what is the same in every language.
OTHERS = (
    *("Lead Funnel", "Juni", "Januar", "Jan", "Jun", "Mai", "Mär", "EUR", "USD", "JPY"),
    *("Europe", "</script><b>", "(address)", "Unknown", "Fair", "fair-1", "guide", "paper", "v1"),
    *("better than points", "refit: the base rate moved", "routing goes on", "Viewed the prices"),
    *("Sales judges MQLs.", "A team owns it.", "Agree on it.", "Answer it.", "crm_leads"),
    *("There are no rows of crm_reps.", "Export them.", "No line maps Odd [31m of", "Fill the"),
    *("Add the line lead,Odd,STAGE.", "rows belong to nobody.", "address."),
)

# What only the summary writes as it is in the tables.
CODES = (
    *("inquiry", "mql", "sal", "sql", "closed_won", "emea", "unknown", "(null)", "hot", "UTC"),
    *("lead-funnel report --db", "lead-funnel publish --db", "lead-4711", "rep-zulu"),
    *("refit", "the base rate moved", "Asked for a demonstration (2 times)", "Wrote from"),
)


class Numbered(dict[str, str]):
    """Translations that leave nothing of a message but its parts, and a number instead."""

    def gettext(self, message: str) -> str:
        parts = " ".join(PLACEHOLDER.findall(message))
        return self.setdefault(message, f"[{len(self)}] {parts}".strip())

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


@pytest.fixture(scope="module")
def file(made: Path) -> Path:
    return made / "w.duckdb"


@pytest.fixture(scope="module")
def german(file: Path) -> str:
    return render(file, "de")


def shown(page: str) -> list[str]:
    """Give all that is read of a page, labels for those who hear it included."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    labels = re.findall(r'(?:aria-label|data-label)="([^"]*)"', body)
    pieces = [*re.split(r"<[^>]*>", body), *labels]
    return [html.unescape(piece).strip() for piece in pieces if piece.strip()]


def without(names: tuple[str, ...], words: str) -> str:
    for name in sorted(names, key=len, reverse=True):
        words = words.replace(name, "")
    return words


def forms(message: Message) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


def test_every_message_has_a_german_translation_and_none_is_left_over() -> None:
    messages = marked()
    translated: dict[Message, tuple[str, ...]] = {}
    for entry in catalog("de"):
        if entry.id:
            key = entry.id if isinstance(entry.id, str) else tuple(entry.id)
            translated[key] = forms(
                entry.string if isinstance(entry.string, str) else tuple(entry.string)
            )
            assert not entry.fuzzy, key
    assert len(messages) > 300
    assert set(translated) == set(messages)
    for message, strings in translated.items():
        assert len(strings) == len(forms(message)), message
        for original, string in zip(forms(message), strings, strict=True):
            assert string.strip(), message
            parts = sorted(PLACEHOLDER.findall(original))
            assert sorted(PLACEHOLDER.findall(string)) == parts, message


@pytest.mark.slow
def test_nothing_but_marked_messages_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no message leaves a word, all words are of others."""
    numbered = Numbered()
    monkeypatch.setattr(language, "_catalog", lambda _language: numbered)
    page = render(file, "de")
    assert len(numbered) > 200
    left = set()
    for piece in shown(page):
        if re.search(r"[A-Za-z]{2}", without(OTHERS, piece)):
            left.add(piece)
    assert not left
    summary = without((str(file), *OTHERS, *CODES), summarize(file, language="de"))
    assert not re.findall(r"[A-Za-z]{2,}.*", summary)


@pytest.mark.slow
def test_page_is_german(german: str) -> None:
    assert '<html lang="de">' in german
    assert "<title>Lead Funnel, 30. Juni 2025 · die letzten 90 Tage" in german
    assert report_pages.sentences(german) == [
        "58 % (46–68 %) der an den Vertrieb übergebenen Leads wurden nie bearbeitet: 46 von 80. "
        "Ankunft außerhalb der Geschäftszeit trägt dazu etwa 8 (3 bis 13) bei. Etwa 13 Deals "
        "(9 bis 16) im Wert von 50 Tsd. EUR stehen auf dem Spiel.",
        "Kein Kanal führt über den Zufall hinaus öfter zu Abschlüssen als die anderen.",
        "Gegenüber den 90 Tagen davor: Leads plus 13 % auf 1.447, Übergebene MQLs minus 15 % auf "
        "676.",
        "Der Score ordnet Leads besser als die Punkte (0,80 gegenüber 0,70). Über 1 abgeschlossene "
        "Wochen versprach er 4 Abschlüsse, und 5 kamen.",
        "3 Punkte in den Daten brauchen einen Blick.",
    ]
    tiles = report_pages.tiles(german)
    assert tiles["Offene Pipeline"] == ("2,23 Mio. EUR", "", "jetzt")
    assert tiles["Vom Vertrieb angenommen"][1] == "▼ 2 Punkte, im Rahmen des Zufalls"
    funnel = next(f for f in report_pages.figures(german) if "derer, die anfragen" in f.title)
    assert "↓ 40 % (30–50 %) kommen weiter" in report_pages.words(funnel.svg)
    assert "Anfrage: 40 % weitergekommen" in german
    assert "5,0 % über Kollegen" in german


def test_numbers_are_written_as_german_does(german: str) -> None:
    undated = [re.sub(r"\d\d\.\d\d\.\d{4}", "", piece) for piece in shown(german)]
    points = {number for piece in undated for number in re.findall(r"\d+\.\d+", piece)}
    assert points
    assert all(re.fullmatch(r"\d{1,3}\.\d{3}", number) for number in points), points
    assert "3.600\u00a0EUR" in german or "3.600 EUR" in german
    assert "+0,100 (+0,020 bis +0,180)" in german


def test_drawings_have_the_numbers_and_dates_of_the_language(german: str) -> None:
    drawings = {
        figure.title: report_pages.words(figure.svg) for figure in report_pages.figures(german)
    }
    assert "2 Tsd." in drawings["Was jeder Kanal bringt und kostet"]
    assert "Mai 25" in drawings["MQLs gegenüber dem Ziel"]


@pytest.mark.slow
def test_english_is_not_touched_by_another_language(file: Path) -> None:
    before = render(file), summarize(file)
    render(file, "de")
    summarize(file, language="de")
    assert language.current() == "en"
    assert (render(file), summarize(file)) == before
    assert '<html lang="en">' in before[0]


def test_summary_is_german(file: Path) -> None:
    text = summarize(file, language="de")
    for line in (
        "Lead Funnel   Stand 30.06.2025 12:00 UTC",
        "Zeilen        1.234 gelesen = 1.200 verwendet + 30 doppelt + 4 in Quarantäne",
        "              1 gewonnen, 1 zurückgegeben",
        "Geld          gewonnen 2.000 EUR an Neugeschäft in 4 Deals, davon 1 mit unbekanntem "
        "Betrag",
        "häufiger      außerhalb der Geschäftszeit: 70,0 % gegenüber 50,0 %, 8 mehr als ohne "
        "(3 bis 13)",
        "es kostet     12,5 gewonnene Deals (9,0 bis 16,0), im Wert von 50.000 EUR",
        "Vergeben wird nach dem Modell v1.",
    ):
        assert line in text.splitlines(), line
    assert re.search(r"Modell +0,800  0,750 bis 0,850 +\+0,100  \+0,020 bis \+0,180", text)


@pytest.mark.parametrize("name", ["empty_warehouse", "bare_warehouse"])
def test_empty_report_is_german_too(name: str, request: pytest.FixtureRequest) -> None:
    page = render(request.getfixturevalue(name), "de")
    assert "Noch gibt es nichts zu zeigen: Rufen Sie dbt build auf." in page
    assert "Kein Inhalt wurde vor so langer Zeit genutzt" in page


def test_words_of_the_warehouse_are_named() -> None:
    with language.written_in("de"):
        assert wording.label("paid_search") == "Bezahlte Suche"
        assert wording.label("recycled") == "Zurückgegeben"
        assert wording.label("our_own_channel") == "Our own channel"
        assert wording.label(None) == "Unbekannt"
        assert wording.money(2_230_000, "EUR") == "2,23 Mio. EUR"
        assert wording.money(6120, "EUR") == "6.120 EUR"
        assert wording.share(0.0714) == "7,1 %"
        assert wording.day("2026-06-25") == "25. Juni 2026"
        assert wording.month("2026-03-01") == "Mär 26"
        assert wording.number_range(319, 460.4) == "(319 bis 460)"
        assert unbroken("2,23 Mio. EUR, 3 Punkte") == "2,23\u00a0Mio.\u00a0EUR, 3\u00a0Punkte"
    assert wording.money(2_230_000, "EUR") == "2.23 M EUR"


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        (
            "6 rows of web_events could not be used, most of them for missing key.",
            "6 Zeilen von web_events waren nicht zu verwenden, meist aus diesem Grund: "
            "Schlüssel fehlt.",
        ),
        (
            "There are no rows of campaigns. Without them, campaigns have no names and no "
            "channels.",
            "Es gibt keine Zeilen von campaigns. Ohne sie gilt: Kampagnen haben weder Namen noch "
            "Kanal.",
        ),
        (
            "not clearly better than points: ROC AUC minus points +0.013 (-0.020 to +0.045) on "
            "decisions; no champion yet",
            "nicht klar besser als Punkte: ROC AUC minus Punkte +0,013 (-0,020 bis +0,045) bei "
            "Entscheidungen; noch kein Champion",
        ),
        ("What somebody else said.", "What somebody else said."),
    ],
)
def test_sentences_of_the_warehouse_are_translated(sentence: str, german: str) -> None:
    assert said_each(sentence) == sentence
    with language.written_in("de"):
        assert said_each(sentence) == german


@pytest.mark.parametrize(
    ("sentences", "files"),
    [
        (WARNINGS + REMEDIES + COSTS, ("models/marts/quality", "macros/quality")),
        (GATES, ("ml/judge/gate.py",)),
    ],
)
def test_sentences_of_the_warehouse_are_those_that_it_makes(
    sentences: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """What stands between two values of a sentence stands in what makes it."""
    project = Path(__file__).resolve().parents[2]
    paths = [path for name in files for path in sorted(project.glob(f"{name}/**/*.sql"))]
    paths += [project / name for name in files if name.endswith(".py")]
    made = "".join(path.read_text(encoding="utf-8") for path in paths)
    # As Python joins two literals, and as the list of stages is put in.
    made = re.sub(r'"\s*\n\s*f?"', "", made)
    stages = re.search(r"set stages = '([^']*)'", made)
    made = made.replace("{{ stages }}", stages.group(1) if stages else "")
    made = made.replace(" on {where}", " on decisions, on all examples")
    pieces = {
        piece
        for sentence in sentences
        for part in re.split(r"{\w+}", sentence)
        for piece in re.split(r" (?:lead|opportunity) status |^ \(| to $|^\)|^\. (?=W)", part)
        if re.search(r"\w", piece)
    }
    assert {piece for piece in pieces if piece not in made} == set()


def test_option_writes_the_page_and_names_the_languages(
    file: Path, bare_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = str(bare_warehouse)
    out = tmp_path / "report.html"
    assert main(["report", "--db", bare, "--out", str(out), "--lang", "fr"]) == 2
    assert "There is no language 'fr'. Name one of en, de with --lang." in capsys.readouterr().err
    assert not out.exists()
    assert main(["report", "--db", bare, "--out", str(out), "--lang", "de"]) == 0
    assert '<html lang="de">' in out.read_text(encoding="utf-8")
    assert main(["summary", "--db", str(file), "--lang", "fr"]) == 2
    capsys.readouterr()
    assert main(["summary", "--db", str(file), "--lang", "de"]) == 0
    assert "Vergeben wird nach dem Modell v1." in capsys.readouterr().out
