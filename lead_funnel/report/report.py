"""The report: one HTML file of aggregates that asks nothing of any network."""

import os
from pathlib import Path

from altair.utils import schemapi

from lead_funnel.errors import UserError
from lead_funnel.language import ENGLISH, _, written_in
from lead_funnel.report import wording
from lead_funnel.report.answers import sections
from lead_funnel.report.figures import open_figures
from lead_funnel.report.headlines import SPANS, tiles
from lead_funnel.report.page import render_page
from lead_funnel.report.sentences import sentences
from lead_funnel.words import is_known


def render(db: Path, language: str = ENGLISH) -> str:
    """Write the page.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse; it is only read.
    language : str
        One of `lead_funnel.language.LANGUAGES`.

    Returns
    -------
    str
        HTML with everything in it.

    Raises
    ------
    UserError
        If there is no such language, or the warehouse cannot be opened.
    """
    with written_in(language):
        return _page(db)


def _page(db: Path) -> str:
    figures = open_figures(db)
    try:
        as_of = figures.as_of
        head = _("no data yet")
        if is_known(as_of):
            head = _("{day} · last 90 days against the 90 before").format(day=wording.day(as_of))
        shown = {days: tiles(figures, days) for days in SPANS}
        return render_page(head, sentences(figures), shown, sections(figures))
    finally:
        figures.con.close()


def write_report(db: Path, out: Path, language: str = ENGLISH) -> None:
    """Write the page to a file, at once and whole.

    Raises
    ------
    UserError
        If there is no such language, the warehouse cannot be opened or the file not written.
    """
    # Tests hold the pictures to Vega's schema: to check them again takes a sixth of the time.
    with schemapi.debug_mode(False):
        page = render(db, language)
    aside = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(page, encoding="utf-8")
        # For everybody to read, whatever the files beside it are.
        aside.chmod(0o644)
        aside.replace(out)
    except OSError as error:
        raise UserError(f"{out} was not written: {error.strerror}.") from None
    finally:
        aside.unlink(missing_ok=True)
