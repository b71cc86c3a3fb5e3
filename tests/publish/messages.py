"""The messages that the report marks for translation, and their translations."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import lead_funnel

PACKAGE = Path(lead_funnel.__file__).parent
Message = str | tuple[str, ...]
"""A message, or its singular and plural."""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def marked() -> dict[Message, str]:
    """Give the marked messages of the report, each with a file that says it."""
    return {message: name for name, message in _extracted()}


def _extracted() -> Iterator[tuple[str, Message]]:
    for file in (PACKAGE / "words.py", *sorted(PACKAGE.glob("report/*.py"))):
        with file.open("rb") as source:
            for _, message, _, _ in extract("python", source, keywords=KEYWORDS):
                yield file.name, message
    for file in sorted(PACKAGE.glob("report/templates/*.j2")):
        with file.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ["_"], [], {}):
                yield file.name, message


def catalog(language: str) -> Catalog:
    """Read the translations into a language."""
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "lead_funnel.po").open("rb") as file:
        return read_po(file, locale=language)
