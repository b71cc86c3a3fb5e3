"""Tell whether anything is new since the last build, without opening the warehouse.

Beside the warehouse lies what the last build that went through was made of, and what it made:
files by place, size, and times and number that the file system gives them; by content, what makes
tables, tests them and tells of them; variables of the environment. If all of it still stands, so
do the tables, the copy and the report. A loader, a sync job or a training that writes to the
warehouse changes its file.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from lead_funnel.project import FILE, builds_on_package, project_folder, read_yaml
from lead_funnel.warehouse import private_files

# What makes tables, of a project and of this package: folders and files with what they hold.
# Documents, benches and the tests of this package may change without a table changing.
PROJECT_FILES = (
    "dbt_project.yml",
    "dependencies.yml",
    "packages.yml",
    "profiles.yml",
    "selectors.yml",
)
PROJECT_FOLDERS = {
    "model-paths": {".csv", ".py", ".sql", ".yml", ".yaml"},
    "macro-paths": {".sql", ".yml", ".yaml"},
    "function-paths": {".py", ".sql", ".yml", ".yaml"},
    "seed-paths": {".csv", ".yml", ".yaml"},
    "snapshot-paths": {".sql", ".yml", ".yaml"},
}
CODE = {".py", ".yml"}
# Parts of this package that only tell of tables, or are no part of a build; the project that an
# installed package holds counts as such.
TELLING = ("locale", "report")
OTHERS = ("command", "crm", "dashboard", "own", "project")
# What tests tables.
TESTS = {"test-paths": {".csv", ".sql", ".yml", ".yaml"}}
TOLD = {".css", ".j2", ".po", ".py"}
# What dbt and this project read of the environment begins so.
ASKED = ("LEAD_FUNNEL_", "DBT_")
PACKAGE = Path(__file__).parent
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


def content_of(files: Iterable[tuple[str, Path]]) -> str:
    """Hash files, each with a name that does not hang on where the whole lies."""
    found = hashlib.sha256()
    for name, file in sorted(files):
        content = file.read_bytes()
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def files_in(
    folder: Path, endings: Collection[str], left: Collection[str] = ()
) -> Iterator[tuple[str, Path]]:
    """Give the files of a folder that end so, by their path in it; some parts are left out."""
    for where, inner, names in os.walk(folder):
        top = Path(where) == folder
        inner[:] = [
            name
            for name in inner
            if name != "__pycache__" and not name.startswith(".") and not (top and name in left)
        ]
        for name in names:
            file = Path(where, name)
            if file.suffix in endings:
                yield file.relative_to(folder).as_posix(), file


def in_projects(
    project: Path, folders: Mapping[str, Collection[str]], files: Iterable[str] = ()
) -> Iterator[tuple[str, Path]]:
    """Give the files of a project, and of that with the models where these lie elsewhere."""
    models = project_folder(project) if builds_on_package(project) else project
    for number, place in enumerate(dict.fromkeys(one.resolve() for one in (project, models))):
        yield from ((f"{number}/{name}", place / name) for name in files
                    if (place / name).is_file())  # fmt: skip
        named = read_yaml(place / FILE) if (place / FILE).is_file() else {}
        for setting, endings in folders.items():
            # Where the project does not say: models for model-paths.
            for folder in named.get(setting) or [setting.replace("-path", "")]:
                for name, file in files_in(place / folder, endings):
                    yield f"{number}/{folder}/{name}", file


def made_by(project: Path, variables: Iterable[str]) -> Stamps:
    """Give what tables are made by: the project with its seeds, this package, the libraries."""
    code = [*in_projects(project, PROJECT_FOLDERS, PROJECT_FILES)]
    for folder, left in ((PACKAGE, (*TELLING, *OTHERS)), (PACKAGE.parent / "ml", ())):
        code += [(f"{folder.name}/{name}", file) for name, file in files_in(folder, CODE, left)]
    return {
        "code": content_of(code),
        "libraries": {name: version(name) for name in LIBRARIES},
        "variables": list(variables),
    }


def told_by(project: Path) -> str:
    """Hash what tests tables and what tells of them: a night does this too."""
    told = [*in_projects(project, TESTS)]
    for part in TELLING:
        told += [(f"{part}/{name}", file) for name, file in files_in(PACKAGE / part, TOLD)]
    return content_of(told)


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
        "told_by": told_by(project),
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


def is_standing(state: Path, made: Iterable[Path], now: Stamps | None) -> bool:
    """Tell whether the last build went through, of just this, and its files are as it left them."""
    if now is None:
        return False
    try:
        kept = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if any(path.with_name(f"{path.name}.wal").is_file() for path in made):
        # Somebody wrote and died: what they wrote comes into the file when it is opened.
        return False
    files = {str(path): stamp(path) for path in made}
    return all(files.values()) and kept == json.loads(json.dumps({"given": now, "made": files}))


def remember(state: Path, made: Iterable[Path], before: Stamps | None) -> None:
    """Keep what a build was made of, as it was before it began, and what it made."""
    files = {str(path): stamp(path) for path in made}
    with private_files():
        state.write_text(json.dumps({"given": before, "made": files}), encoding="utf-8")
