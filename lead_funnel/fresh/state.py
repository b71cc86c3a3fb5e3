"""What the last whole build was made by, so that a fresh run starts from nothing else."""

import json
from importlib.metadata import version
from pathlib import Path

from lead_funnel.last_build import LIBRARIES, OWN, content_of
from lead_funnel.project import builds_on_package, project_folder
from lead_funnel.warehouse import private_files

Made = dict[str, object]


def whole_path(db: Path) -> Path:
    """Give where it is kept: beside the warehouse."""
    return db.with_name(f"{db.name}.whole.json")


def made_by(project: Path, variables: list[str]) -> Made:
    """Give what a build is made by: the project with its seeds, this package, the libraries."""
    models = project_folder(project) if builds_on_package(project) else project
    package = Path(__file__).parents[2]
    return {
        "code": content_of([project, models, *(package / name for name in OWN)]),
        "libraries": {name: version(name) for name in LIBRARIES},
        "variables": variables,
    }


def begin_whole(db: Path) -> None:
    """Forget the last whole build: the next has begun, and may fail."""
    whole_path(db).unlink(missing_ok=True)


def remember_whole(db: Path, made: Made) -> None:
    """Keep what a whole build was made by that went through."""
    with private_files():
        whole_path(db).write_text(json.dumps(made), encoding="utf-8")


def last_whole(db: Path) -> Made | None:
    """Give what the last whole build was made by; None where it did not go through."""
    try:
        found = json.loads(whole_path(db).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
