"""Puts the dbt project and the simulator into the wheel, as lead_funnel/project.

They lie at the root of the tree, where dbt looks for them; in an environment they must lie within
the package. Everything else is said in pyproject.toml.
"""

from pathlib import Path
from typing import Any

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
INSIDE = Path("lead_funnel", "project")
PROJECT = (
    "dbt_project.yml",
    "profiles.yml",
    "selectors.yml",
    "demo/*.py",
    "docs/**/*.md",
    "macros/**/*.sql",
    "macros/**/*.yml",
    "models/**/*.md",
    "models/**/*.sql",
    "models/**/*.yml",
    "seeds/*.csv",
    "seeds/*.yml",
    "tests/generic/*.sql",
    "tests/singular/**/*.sql",
    "tests/singular/**/*.yml",
)


class BuildWithProject(build_py):
    """Copies modules, and the dbt project beside them."""

    def run(self) -> None:
        """Copy all; an editable install finds the project in the tree."""
        super().run()
        if self.editable_mode:
            return
        for source, target in self._project():
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[Any]:
        """List what is written."""
        written = super().get_outputs(include_bytecode)
        return [*written, *(str(target) for _, target in self._project())]

    def _project(self) -> list[tuple[Path, Path]]:
        files = sorted({file for pattern in PROJECT for file in ROOT.glob(pattern)})
        inside = Path(self.build_lib, INSIDE)
        return [(file, inside / file.relative_to(ROOT)) for file in files]


setup(cmdclass={"build_py": BuildWithProject})
