"""What the documents list is what there is."""

import re
from pathlib import Path

from typer.main import get_group

from lead_funnel.command.app import app
from lead_funnel.crm.cli import app as sync
from lead_funnel.raw.contract import load_contract
from ml.commands.cli import app as models

ROOT = Path(__file__).parents[2]
DOOR = re.compile(r"python3? -m ((?:lead_funnel|ml|demo|bench|engines)[\w.]*\w)")
COMMAND = re.compile(r"(?:`|/|^ *|& )lead-(funnel|ml|sync) (?:sync )?([a-z][a-z-]+)", re.M)
PART = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def contract() -> dict[str, list[str]]:
    return {name: list(table.column_names) for name, table in load_contract().items()}


def test_sources_lists_every_raw_table_and_column() -> None:
    page = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    parts = re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.S | re.M)
    listed = {table: re.findall(r"^\| \**`(\w+)`", part, re.M) for table, part in parts}
    assert len(contract()) == 16
    assert listed == contract()


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), ROOT / "demo/README.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        (page.name, link)
        for page in pages
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not dead


def test_parts_that_links_name_exist() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = [
        (page.name, link, part)
        for page in pages
        for link, part in PART.findall(page.read_text(encoding="utf-8"))
        if part not in titles(page.parent / link if link else page)
    ]
    assert not dead


def titles(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


def test_marts_that_are_listed_exist() -> None:
    page = (ROOT / "docs/marts.md").read_text(encoding="utf-8")
    table = page.split("| mart | one row per |")[1].split("\n\n")[0]
    named = {
        name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert named <= {file.stem for file in (ROOT / "models/marts").rglob("*.sql")}
    assert len(named) > 20


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_commands_that_are_named_can_be_run() -> None:
    pages = [ROOT / "README.md", ROOT / "Makefile", *(ROOT / "docs").rglob("*.md")]
    pages += (ROOT / "models").rglob("*.yml")
    named = {door for page in pages for door in DOOR.findall(page.read_text(encoding="utf-8"))}
    assert {"lead_funnel.build", "lead_funnel.publish.retention"} <= named
    for door in named:
        file = ROOT / f"{door.replace('.', '/')}.py"
        assert file.is_file(), door
        assert 'if __name__ == "__main__":' in file.read_text(encoding="utf-8"), door


def test_verbs_of_the_commands_that_are_named_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "Makefile", *(ROOT / "docs").rglob("*.md")]
    pages += [*(ROOT / "models").rglob("*.yml"), *(ROOT / "lead_funnel").rglob("*.md")]
    named = {verb for page in pages for verb in COMMAND.findall(page.read_text(encoding="utf-8"))}
    sync_verbs, ml_verbs = set(get_group(sync).commands), set(get_group(models).commands)
    known = {("sync", verb) for verb in sync_verbs} | {("ml", verb) for verb in ml_verbs}
    known |= {("funnel", verb) for verb in {*get_group(app).commands, *sync_verbs}}
    assert {("funnel", "init"), ("funnel", "build"), ("ml", "train"), ("sync", "push")} <= named
    assert named <= known


def test_the_guide_to_criteria_says_the_same_in_german() -> None:
    pages = [(ROOT / f"docs/criteria{end}.md").read_text(encoding="utf-8") for end in ("", ".de")]
    levels = [re.findall(r"^(#+) ", page, re.M) for page in pages]
    code = [re.findall(r"^(?: {4,}).*$", page, re.M) for page in pages]
    named = [
        {name for line in page.splitlines() for name in re.findall(r"`([^`]+)`", line)}
        for page in pages
    ]
    assert levels[0] == levels[1]
    assert code[0] == code[1]
    assert named[0] == named[1]
