"""Make a company's own project: its decisions in a small folder, the models from this package."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from lead_funnel.errors import UserError
from lead_funnel.project import (
    FILE,
    link_package,
    project_variables,
    shipped_project,
)

TEMPLATES = Path(__file__).parent / "own"
ROOT_FILES = ("packages.yml", "README.md")
# What no two companies decide alike. The other seeds are lists that come with each version.
USUAL_SEEDS = (
    "business_calendar",
    "campaign_goals",
    "crm_field_map",
    "crm_status_map",
    "funnel_stages",
    "internal_domains",
    "points_rules",
    "points_thresholds",
    "routing_rules",
    "sales_reps",
    "sales_teams",
)


def make_project(folder: Path, seeds: Sequence[str], detect: Path | None = None) -> list[str]:
    """Write a project that takes its models from this package.

    Parameters
    ----------
    folder : pathlib.Path
        A new or empty folder.
    seeds : sequence of str
        Seeds of the package that the company decides on; their files are copied.
    detect : pathlib.Path, optional
        A DuckDB file or folders of exported files, whose tools are listed under `sources`.

    Returns
    -------
    list of str
        Connections that were found, with why.

    Raises
    ------
    UserError
        If the folder holds something, or a seed is not known.
    """
    shipped = shipped_project()
    known = {file.stem: file for file in sorted((shipped / "seeds").glob("*.csv"))}
    if unknown := [seed for seed in seeds if seed not in known]:
        raise UserError(f"There is no seed {', '.join(unknown)}. There are {', '.join(known)}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is not empty. Name a new folder.")
    sources = _found(detect) if detect else []
    try:
        (folder / "seeds").mkdir(parents=True)
        for name in ROOT_FILES:
            shutil.copyfile(TEMPLATES / name, folder / name)
        shutil.copyfile(TEMPLATES / "gitignore", folder / ".gitignore")
        shutil.copyfile(shipped / "profiles.yml", folder / "profiles.yml")
        for seed in seeds:
            shutil.copyfile(known[seed], folder / "seeds" / f"{seed}.csv")
        settings = _settings(seeds, [line for line, _ in sources])
        (folder / FILE).write_text(settings, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.") from None
    link_package(folder)
    return [f"{line}  # {why}" for line, why in sources]


def _found(detect: Path) -> list[tuple[str, str]]:
    """Propose the list `sources`, a line of YAML a connection."""
    from lead_funnel.sources.detect import detected_entries
    from lead_funnel.sources.text import entry_line

    shipped, place = shipped_project(), detect.absolute()
    found = detected_entries(shipped, project_variables(shipped), place, Path("warehouse"))
    return [(entry_line(entry), why) for entry, why in found]


def _settings(seeds: Sequence[str], sources: Sequence[str]) -> str:
    text = (TEMPLATES / FILE).read_text(encoding="utf-8")
    if sources:
        lines = "".join(f"\n      {line.strip()}" for line in sources)
        text = text.replace("    sources: []", f"    sources:{lines}")
    off = "".join(f"    {seed}: {{+enabled: false}}\n" for seed in seeds)
    return text + (off or "    {}\n")
