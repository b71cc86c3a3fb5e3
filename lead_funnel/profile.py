"""Which warehouse the dbt profile names."""

import os
from pathlib import Path

import jinja2
import yaml

from lead_funnel.errors import UserError

PROFILE = "lead_funnel"


def database_path(project: Path, given: Path | None) -> Path:
    """Find the warehouse file.

    Parameters
    ----------
    project : pathlib.Path
        Folder of the dbt project.
    given : pathlib.Path or None
        Taken if given; otherwise the dbt profile says, which itself looks at
        the environment variable ``LEAD_FUNNEL_DB``.

    Raises
    ------
    UserError
        If the profile cannot be read or names another engine.
    """
    if given is not None:
        return given
    path = project / "profiles.yml"
    if not path.is_file():
        path = Path(os.environ.get("DBT_PROFILES_DIR", Path.home() / ".dbt")) / "profiles.yml"
    if not path.is_file():
        raise UserError(f"There is no profiles.yml in {project}. Name the warehouse with --db.")
    try:
        profile = yaml.safe_load(path.read_text(encoding="utf-8"))[PROFILE]
        output = profile["outputs"][_render(profile["target"])]
        engine = output["type"]
        target = _render(str(output.get("path", "")))
    except (KeyError, TypeError, yaml.YAMLError, jinja2.TemplateError) as error:
        raise UserError(
            f"{path} has no readable profile {PROFILE}. Name the warehouse with --db."
        ) from error
    if engine != "duckdb":
        raise UserError(
            f"{path} names the engine {engine!r}; lead-ml reads DuckDB. Export the examples to "
            "Parquet and use lead-ml fit, or name a DuckDB file with --db."
        )
    file = Path(target)
    return file if file.is_absolute() else project / file


def _render(text: str) -> str:
    def env_var(name: str, default: str | None = None) -> str:
        value = os.environ.get(name, default)
        if value is None:
            raise jinja2.TemplateError(f"{name} is not set")
        return value

    return jinja2.Environment(autoescape=False).from_string(text).render(env_var=env_var)  # noqa: S701
