"""What the last whole build was made by, so that a fresh run starts from nothing else.

And what the last fresh run was made of, so that the next need not do it again.
"""

import json
from pathlib import Path

from lead_funnel.fresh.small import folder_of
from lead_funnel.last_build import Stamps
from lead_funnel.warehouse import private_files


def whole_path(db: Path) -> Path:
    """Give where it is kept: beside the warehouse."""
    return db.with_name(f"{db.name}.whole.json")


def fresh_state_path(db: Path) -> Path:
    """Give where is kept what the last fresh run was made of and what it made."""
    return folder_of(db) / "built.json"


def begin_whole(db: Path) -> None:
    """Forget the last whole build: the next has begun, and may fail."""
    whole_path(db).unlink(missing_ok=True)


def remember_whole(db: Path, made: object) -> None:
    """Keep what a whole build was made by that went through."""
    with private_files():
        whole_path(db).write_text(json.dumps(made), encoding="utf-8")


def last_whole(db: Path) -> Stamps | None:
    """Give what the last whole build was made by; None where it did not go through."""
    try:
        found = json.loads(whole_path(db).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
