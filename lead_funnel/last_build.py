"""Tell whether anything is new since the last build, without opening the warehouse.

Beside the warehouse lies what the last build that went through was made of, and what it made:
files by place, size, and times and number that the file system gives them; the project and this
package by content; variables of the environment. If all of it still stands, so do the tables, the
copy and the report. A loader, a sync job or a training that writes to the warehouse changes its
file.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from lead_funnel.project import builds_on_package, project_folder
from lead_funnel.warehouse import private_files

# Folders of a project that dbt, Python and their tools write.
WRITTEN = {"target", "logs", "data", "dbt_packages", "__pycache__"}
# What dbt and this project read of the environment begins so.
ASKED = ("LEAD_FUNNEL_", "DBT_")
OWN = ("lead_funnel", "ml")
LIBRARIES = ("dbt-core", "dbt-duckdb", "duckdb", "scikit-learn")

Stamps = Mapping[str, object]


def state_path(db: Path) -> Path:
    """Give where is kept what the last build was made of: beside the warehouse."""
    return db.with_name(f"{db.name}.built.json")


def stamp(path: Path) -> list[int] | None:
    """Give what differs where a file was written or replaced; None where there is none."""
    if not path.is_file():
        return None
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def stamps_below(folder: Path) -> dict[str, object]:
    """Stamp all files of a folder, those behind links too."""
    return {
        str(Path(where) / name): stamp(Path(where) / name)
        for where, _, names in os.walk(folder, followlinks=True)
        for name in names
    }


def content_of(folders: Iterable[Path]) -> str:
    """Hash what folders hold, each once, but for what tools write there."""
    found = hashlib.sha256()
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        for where, inner, names in os.walk(folder):
            inner[:] = sorted(
                name for name in inner if name not in WRITTEN and not name.startswith(".")
            )
            for name in sorted(names):
                file = Path(where) / name
                found.update(str(file.relative_to(folder)).encode())
                found.update(file.read_bytes())
    return found.hexdigest()


def made_by(project: Path, variables: Iterable[str]) -> Stamps:
    """Give what a build is made by: the project with its seeds, this package, the libraries."""
    # Of a company's own project, the models lie elsewhere.
    models = project_folder(project) if builds_on_package(project) else project
    return {
        "code": content_of([project, models, *(Path(__file__).parents[1] / name for name in OWN)]),
        "libraries": {name: version(name) for name in LIBRARIES},
        "variables": list(variables),
    }


def given(raw: Path, project: Path, entries: object, variables: Iterable[str]) -> Stamps | None:
    """Give what a build is made of, but for the warehouse.

    Parameters
    ----------
    raw : pathlib.Path
        Folder of the raw files.
    project : pathlib.Path
        Folder of the dbt project, with its profile.
    entries : list of dict
        The company's tools, as `sources` lists them.
    variables : iterable of str
        What is said to dbt of its variables.

    Returns
    -------
    dict or None
        None where it cannot be told: rows that lie in another place than files and the warehouse.
    """
    places = [raw, *map(Path, tool_places(entries))]
    profile = project / "profiles.yml"
    if not all(place.exists() for place in places):
        return None
    if not profile.is_file() or "attach" in profile.read_text(encoding="utf-8"):
        return None
    return {
        "files": [stamp(place) or stamps_below(place) for place in places],
        "made_by": made_by(project, variables),
        "environment": environment(),
    }


def tool_places(entries: object) -> list[str]:
    """List the folders and databases that entries name."""
    return [
        str(entry[key])
        for entry in (entries if isinstance(entries, list) else [])
        for key in ("path", "database")
        if isinstance(entry, dict) and entry.get(key)
    ]


def environment() -> str:
    """Hash the variables of the environment that may change what is made: some are secrets."""
    told = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(ASKED))
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def is_standing(db: Path, made: Iterable[Path], now: Stamps | None) -> bool:
    """Tell whether the last build went through, of just this, and its files are as it left them."""
    if now is None:
        return False
    try:
        kept = json.loads(state_path(db).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    files = {str(path): stamp(path) for path in made}
    return all(files.values()) and kept == json.loads(json.dumps({"given": now, "made": files}))


def remember(db: Path, made: Iterable[Path], before: Stamps | None) -> None:
    """Keep what a build was made of, as it was before it began, and what it made."""
    files = {str(path): stamp(path) for path in made}
    with private_files():
        state_path(db).write_text(json.dumps({"given": before, "made": files}), encoding="utf-8")
