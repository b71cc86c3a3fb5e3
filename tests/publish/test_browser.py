"""The explorer in a real browser: it is drawn, a click leads to leads, it looks as it did.

Needs Debian's chromium and playwright: `make browser`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lead_funnel.publish.copy import publish
from lead_funnel.warehouse import published_path
from tests.publish.conftest import LEAD_ID

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make browser")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: make browser")

LOOKS = Path(__file__).parent / "looks"
WIDTH = 160
MOST_DIFFERENT = 0.03
"""Mean difference in grey, of 1: another font makes less, a table that is lost more."""
COMMAND = "import sys; from lead_funnel.command.app import main; sys.exit(main())"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def address(warehouse: Path) -> Iterator[str]:
    """Serve the explorer on the warehouse made by hand."""
    publish(warehouse, published_path(warehouse))
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", COMMAND, "dashboard", "--db", str(warehouse)]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        env={**os.environ, "STREAMLIT_SERVER_HEADLESS": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.5)
        yield f"http://localhost:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(10)


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def open_page(browser: Any, url: str, title: str, size: tuple[int, int]) -> Any:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(url)
    page.get_by_role("heading", name=title, exact=True).wait_for(timeout=30_000)
    page.get_by_text("Numbers of the last build").wait_for(state="attached", timeout=30_000)
    # Charts and tables are loaded one by one, in the time that the machine takes.
    skeletons = "document.querySelectorAll('[data-testid=stSkeleton]').length"
    page.wait_for_function(f"{skeletons} === 0", timeout=60_000)
    page.wait_for_timeout(1500)
    assert not page.get_by_text("Traceback").count()
    return page


def tones(file: Path) -> Any:
    with Image.open(file) as picture:
        size = (WIDTH, round(picture.height * WIDTH / picture.width))
        return np.asarray(picture.convert("L").resize(size), dtype=float) / 255


def test_a_click_on_a_row_leads_to_its_leads_and_on_to_the_lead(browser: Any, address: str) -> None:
    page = open_page(browser, f"{address}/?page=Funnel", "Funnel", (1280, 1000))
    click_first_row(page)
    page.get_by_text("Leads that entered the stage Inquiry").wait_for(timeout=15_000)
    assert "list=entered" in page.url
    page.wait_for_timeout(1000)
    click_first_row(page)
    page.get_by_role("heading", name=LEAD_ID).wait_for(timeout=15_000)
    assert "lead=" in page.url


def click_first_row(page: Any) -> None:
    """Click the box of the first row: the table is drawn on a canvas."""
    box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 53)


@pytest.mark.parametrize(
    ("name", "query", "title", "size"),
    [
        ("funnel", "page=Funnel", "Funnel", (1280, 1000)),
        ("week", "page=This week", "This week", (1280, 1000)),
        ("lead", f"page=One lead&lead={LEAD_ID}", "One lead", (1280, 1000)),
        ("phone", "page=Where leads get lost", "Where leads get lost", (390, 844)),
    ],
)
def test_it_looks_as_it_did(
    name: str,
    query: str,
    title: str,
    size: tuple[int, int],
    browser: Any,
    address: str,
    tmp_path: Path,
) -> None:
    page = open_page(browser, f"{address}/?{query}", title, size)
    file = tmp_path / f"{name}.png"
    page.screenshot(path=str(file))
    seen, before = tones(file), LOOKS / f"{name}.png"
    if os.environ.get("KEEP_LOOKS"):
        LOOKS.mkdir(exist_ok=True)
        Image.fromarray((seen * 255).astype("uint8")).save(before)
    difference = float(np.abs(seen - tones(before)).mean())
    assert difference < MOST_DIFFERENT, f"{name} looks different: {difference:.3f}"
    # No sideways scrolling, at any width.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
