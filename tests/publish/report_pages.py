"""Reading a report as tests need it."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Figure:
    """A picture of the page with what stands beside it."""

    title: str
    svg: ElementTree.Element
    rows: int


def figures(page: str) -> list[Figure]:
    """Give the pictures of a page."""
    found = []
    for block in re.findall(r"<figure.*?</figure>", page, re.S):
        title = re.findall(r"<h3>(.*?)</h3>", block)[0]
        drawing = re.findall(r"<svg.*?</svg>", block, re.S)[0]
        table = re.findall(r"<details.*?<tbody.*?>(.*?)</tbody>.*?</details>", block, re.S)
        rows = table[0].count("<tr") if table else 0
        found.append(Figure(title, ElementTree.fromstring(drawing), rows))
    return found


def words(drawing: ElementTree.Element) -> str:
    """Give all text of a drawing, titles of its marks included."""
    return " | ".join(text for text in drawing.itertext() if text.strip())


def sentences(page: str) -> list[str]:
    """Give what the first screen says, without its links."""
    block = re.findall(r'<section class="now".*?</section>', page, re.S)[0]
    said = re.findall(r"<li>(.*?) <a ", block, re.S) or re.findall(r"<p>(.*?)</p>", block, re.S)
    return [sentence.replace("\u00a0", " ") for sentence in said]


def tiles(page: str, days: int = 90) -> dict[str, tuple[str, str, str]]:
    """Give the tiles of a period by name: value, change and note."""
    block = re.findall(rf'<ul class="tiles days-{days}".*?</ul>', page, re.S)
    result = {}
    for tile in re.findall(r"<li>(.*?)</li>", block[0] if block else "", re.S):
        [name] = re.findall(r"<a [^>]*>(.*?)</a>", tile)
        [value] = re.findall(r"<strong>(.*?)</strong>", tile)
        change = "".join(re.findall(r"<span>(.*?)</span>", tile)).replace("\u00a0", " ")
        [note] = re.findall(r"<small>(.*?)</small>", tile)
        result[name] = (value, change, note)
    return result
