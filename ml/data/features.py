"""Read from the YAML of the models which columns are features."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from lead_funnel.errors import UserError
from lead_funnel.project import builds_on_package, project_folder, project_variables
from ml.data.columns import Direction, FeatureType

# In C where it was built with it: ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EXAMPLES_MODEL = "fct_training_examples"
# How old the cycle is, and for how long nobody engaged: a model is asked only about ages and
# silences that it was trained on.
AGE_FEATURE = "days_since_cycle_start"
SILENCE_FEATURE = "days_since_last_engagement"


@dataclass(frozen=True)
class RuleHint:
    """How a feature can be written as points rules: by events or by a field."""

    event_types: tuple[str, ...] = ()
    field: str = ""


def declared_rules(project: Path, model: str = EXAMPLES_MODEL) -> dict[str, RuleHint]:
    """List the features that points rules can express.

    A column says so by ``config.meta.points``: ``event_types`` that earn a
    behaviour rule, or the ``field`` of a fit rule.

    Parameters
    ----------
    project : pathlib.Path
        Folder of the dbt project.
    model : str
    """
    hints = {}
    for _, column in _columns(project, model):
        if points := _meta(column).get("points"):
            hints[str(column["name"])] = RuleHint(
                tuple(points.get("event_types") or ()), str(points.get("field") or "")
            )
    return hints


def _meta(column: dict[str, Any]) -> dict[str, Any]:
    return {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}


def declared_features(project: Path, model: str = EXAMPLES_MODEL) -> dict[str, FeatureType]:
    """List the features in the order in which they are declared.

    A column is a feature if its ``config.meta.feature`` says ``numeric`` or
    ``categorical``.

    Parameters
    ----------
    project : pathlib.Path
        Folder of the dbt project.
    model : str

    Returns
    -------
    dict of str to {'numeric', 'categorical'}

    Raises
    ------
    UserError
        If the model is not declared, declares no feature, or declares an unknown kind.
    """
    features: dict[str, FeatureType] = {}
    for path, column in _columns(project, model):
        kind = _meta(column).get("feature")
        if kind is None:
            continue
        if kind not in get_args(FeatureType):
            raise UserError(
                f"{path}: column {column['name']} has feature kind {kind!r}. Write numeric or "
                "categorical."
            )
        features[str(column["name"])] = kind
    if not features:
        raise UserError(
            f"No column of {model} in {project / 'models'} is declared as a feature. Give its "
            "columns config: {meta: {feature: numeric}} or categorical, or run from the folder "
            "of the dbt project (--project-dir)."
        )
    return features


def declared_directions(project: Path, model: str = EXAMPLES_MODEL) -> dict[str, Direction]:
    """List the numeric features whose score may only rise, or only fall, as they grow.

    A column says so by ``config.meta.direction``: ``rising`` for what fades while a lead
    is silent, ``falling`` for its silence and age. So silence never raises a score.

    Parameters
    ----------
    project : pathlib.Path
        Folder of the dbt project.
    model : str

    Returns
    -------
    dict of str to {'rising', 'falling'}

    Raises
    ------
    UserError
        If a column declares another direction, or one without being a number.
    """
    directions: dict[str, Direction] = {}
    for path, column in _columns(project, model):
        meta = _meta(column)
        direction = meta.get("direction")
        if direction is None:
            continue
        if direction not in get_args(Direction) or meta.get("feature") != "numeric":
            raise UserError(
                f"{path}: column {column['name']} has direction {direction!r}. Write rising or "
                "falling, and only for a numeric feature."
            )
        directions[str(column["name"])] = direction
    return directions


def _columns(project: Path, model: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    folder = project_folder(project) if builds_on_package(project) else project
    paths = sorted({*folder.glob("models/**/*.yml"), *folder.glob("models/**/*.yaml")})
    for path in paths:
        # There are some two hundred, of which a few name the model.
        for one in _read(path, naming=model).get("models") or []:
            if isinstance(one, dict) and one.get("name") == model:
                for column in one.get("columns") or []:
                    yield path, column


def project_variable(project: Path, name: str) -> Any:
    """Read a variable of ``dbt_project.yml``; none if it is not there."""
    if builds_on_package(project):
        return project_variables(project).get(name)
    path = project / "dbt_project.yml"
    return (_read(path).get("vars") or {}).get(name) if path.is_file() else None


def _read(path: Path, naming: str = "") -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=LOADER) if naming in text else None  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} cannot be read as YAML ({reason}). Fix the file.") from error
    return content if isinstance(content, dict) else {}
