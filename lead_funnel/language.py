"""The language that pages are written in.

Messages are marked as babel extracts them: ``_("...")``, ``ngettext(...)``, and ``N_("...")``
for what is a constant and translated where it is shown. The English message is the key; the
translations are in ``locale/LANGUAGE/LC_MESSAGES/lead_funnel.po``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from lead_funnel.errors import UserError

ENGLISH = "en"
# Thousands and decimals: 1,447.5 in English.
_SEPARATORS = {"de": str.maketrans(",.", ".,")}
_DAYS_FIRST = ("de",)
LANGUAGES = (ENGLISH, "de")
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def current() -> str:
    """Give the language that is written now."""
    return _current.get()


def local(written: str) -> str:
    """Write the separators of a number that is written as in English."""
    return written.translate(_SEPARATORS.get(current(), {}))


def local_date(written: str) -> str:
    """Write a date that is written as 2026-06-25, or a month; what follows it stays."""
    date, blank, rest = written.partition(" ")
    if current() in _DAYS_FIRST:
        date = ".".join(reversed(date.split("-")))
    return date + blank + rest


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Write in a language while the context lasts.

    Raises
    ------
    UserError
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise UserError(
            f"There is no language '{language}'. Name one of {', '.join(LANGUAGES)} with --lang."
        )
    before = _current.set(language)
    try:
        yield
    finally:
        _current.reset(before)


@cache
def _catalog(language: str) -> NullTranslations:
    """Read the translations into a language; English has none."""
    if language == ENGLISH:
        return NullTranslations()
    # Only a page in another language waits for this import.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = files("lead_funnel").joinpath("locale", language, "LC_MESSAGES", "lead_funnel.po")
    with source.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(message: str) -> str:
    """Translate a message."""
    return _catalog(current()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a message by a number."""
    return _catalog(current()).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802
    """Mark a constant for translation; it stays English."""
    return message
