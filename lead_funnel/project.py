"""Where the dbt project lies: a checkout, what is installed, or the company's own over either.

A company's project holds its seeds and variables, and takes the models from this package by a
link `dbt_packages/lead_funnel`, which is set anew before each build. So an upgrade of the package
is an upgrade of the models.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from lead_funnel.errors import UserError

PACKAGE = "lead_funnel"
FILE = "dbt_project.yml"
LINK = Path("dbt_packages") / PACKAGE
# What packages.yml of a company's project names, so that dbt alone finds the models too.
VARIABLE = "LEAD_FUNNEL_PROJECT"


def shipped_project() -> Path:
    """Give the dbt project that comes with this package.

    Raises
    ------
    UserError
        If it was installed without.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "project", here.parent):
        if is_package(folder):
            return folder
    raise UserError("lead-funnel was installed without its models. Install it again.")


def is_package(folder: Path) -> bool:
    """Tell whether a folder is the dbt project of this package, not one that builds on it."""
    file = folder / FILE
    return file.is_file() and read_yaml(file).get("name") == PACKAGE


def present_project(given: Path) -> Path:
    """Give the folder itself if a dbt project lies there, otherwise the one that is shipped."""
    return given if (given / FILE).is_file() else shipped_project()


def project_folder(given: Path) -> Path:
    """Find the folder with the models: the project's, or that of the package within another.

    Raises
    ------
    UserError
        If there is no dbt project.
    """
    if is_package(given):
        return given
    if is_package(given / LINK):
        return given / LINK
    if builds_on_package(given):
        return shipped_project()
    raise UserError(
        f"{given} is not the folder of a dbt project. Run this where dbt_project.yml is."
    )


def builds_on_package(folder: Path) -> bool:
    """Tell whether a folder is a project made by `lead-funnel init`."""
    file = folder / "packages.yml"
    return (folder / FILE).is_file() and file.is_file() and VARIABLE in file.read_text("utf-8")


def project_variables(given: Path) -> dict[str, Any]:
    """Give the variables of a project: its own, and for the rest those of the package."""
    shipped = _variables(project_folder(given))
    own = _variables(given)
    return {**shipped, **own, **(own.get(PACKAGE) or {})}


def _variables(folder: Path) -> dict[str, Any]:
    return read_yaml(folder / FILE).get("vars") or {}


def seed_files(given: Path) -> dict[str, Path]:
    """Give the files of seeds by name: the project's own before those of the package."""
    folders = (project_folder(given) / "seeds", given / "seeds")
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.csv"))}


def link_package(project: Path) -> None:
    """Have a company's project take its models from what is installed now.

    Raises
    ------
    UserError
        If the link cannot be made.
    """
    if not builds_on_package(project):
        return
    link, shipped = project / LINK, shipped_project()
    os.environ[VARIABLE] = str(shipped)
    if link.resolve() == shipped and link.is_symlink():
        return
    try:
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(shipped, target_is_directory=True)
    except OSError as error:
        raise UserError(
            f"{link} cannot be linked to {shipped}: {error.strerror}. Delete it and run this again."
        ) from None


def read_yaml(file: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises
    ------
    UserError
        If it is not there or holds something else.
    """
    content = read_any_yaml(file)
    if not isinstance(content, dict):
        raise UserError(f"{file} holds no settings. Write it as docs/sources.md says.")
    return content


def read_any_yaml(file: Path) -> object:
    """Read a YAML file.

    Raises
    ------
    UserError
        If it is not there or is not YAML.
    """
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UserError(
            f"{file}{where}: this is not valid YAML. Check indentation and brackets."
        ) from None
    return content
