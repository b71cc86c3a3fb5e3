"""The explorer.

``streamlit run lead_funnel/dashboard/app.py --browser.gatherUsageStats false -- --db FILE``

It opens the published copy beside the warehouse, anew for every look, and never the
file that a build writes. So it shows the last build that passed its tests.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import streamlit

from lead_funnel.dashboard.state import begin, choose_filters, write_address
from lead_funnel.dashboard.views import PAGES
from lead_funnel.errors import UserError
from lead_funnel.report.figures import open_figures
from lead_funnel.warehouse import published_path
from lead_funnel.words import is_known, time_text


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the words after ``--`` of the command."""
    parser = argparse.ArgumentParser(
        prog="lead_funnel/dashboard/app.py", description="Look at the marts."
    )
    parser.add_argument(
        "--db",
        type=Path,
        default=Path("data/warehouse.duckdb"),
        metavar="FILE",
        help="the warehouse; its published copy is read",
    )
    return parser.parse_args(arguments)


def show(db: Path) -> None:
    """Draw the page that is chosen.

    Parameters
    ----------
    db : pathlib.Path
        The warehouse, whose copy is opened.
    """
    streamlit.set_page_config(page_title="Lead Funnel", layout="wide")
    copy = published_path(db)
    if not copy.is_file():
        streamlit.error(
            f"There is no published copy at {copy}. Run `make build` first, or publish what is "
            f"built: `lead-funnel publish --db {db}`."
        )
        return
    try:
        figures = open_figures(copy)
    except UserError as error:
        streamlit.error(str(error))
        return
    try:
        begin(list(PAGES))
        with streamlit.sidebar:
            page = streamlit.radio("Page", list(PAGES), key="page")
            filters = choose_filters(figures)
        write_address(filters)
        as_of = f"as of {time_text(figures.as_of)} UTC" if is_known(figures.as_of) else "no data"
        streamlit.sidebar.caption(f"{as_of}. Numbers of the last build that passed its tests.")
        streamlit.title(page)
        PAGES[page](figures, filters)
        if figures.missing:
            streamlit.info(
                f"The copy has no {', '.join(figures.missing)}, or an older one. Build and publish."
            )
    finally:
        figures.con.close()


if __name__ == "__main__":
    show(options(sys.argv[1:]).db)
