"""Read from the YAML of the models which columns are features."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml

from ml.errors import UserError
from ml.terms import FeatureType

EXAMPLES_MODEL = "fct_training_examples"


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
        If the model is not declared, declares no feature, or an odd kind.
    """
    features: dict[str, FeatureType] = {}
    for path, column in _columns(project, model):
        meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
        kind = meta.get("feature")
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


def _columns(project: Path, model: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    paths = sorted({*project.glob("models/**/*.yml"), *project.glob("models/**/*.yaml")})
    for path in paths:
        for one in _read(path).get("models") or []:
            if isinstance(one, dict) and one.get("name") == model:
                for column in one.get("columns") or []:
                    yield path, column


def project_variable(project: Path, name: str) -> Any:
    """Read a variable of ``dbt_project.yml``; none if it is not there."""
    path = project / "dbt_project.yml"
    return (_read(path).get("vars") or {}).get(name) if path.is_file() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} cannot be read as YAML ({reason}). Mend the file.") from error
    return content if isinstance(content, dict) else {}
