"""Turning a chart into a drawing that stands in the page: small, static and read aloud.

Vega draws the chart at publishing. What it writes is for a browser that redraws; here the parts
that show nothing go, colours stay as attributes, and each mark keeps its words as a title, which
browsers show under the pointer.
"""

import json
import re
from functools import lru_cache
from typing import Any, Literal
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils import schemapi

from lead_funnel.language import ENGLISH, current
from lead_funnel.report import palette

# Altair's own types are unions that change from method to method.
Chart = Any

WIDTH = 400
TEXT_SIZE = 13
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
"""Measured while drawing, so it is also what is shown; fonts of this width are everywhere."""
SVG = "http://www.w3.org/2000/svg"
LOCALES: dict[str, Literal["de-DE"]] = {"de": "de-DE"}
"""How Vega names what a language writes numbers and dates in."""
_SMALLER = {"opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "font-size": "13px"}
_NEVER = ("pointer-events", "class", "role", "font-family", "stroke-miterlimit", "xlink", "version")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_CIRCLE = re.compile(r"M([\d.]+),0A")


def draw(chart: Chart, key: str, title: str, description: str, height: int) -> str:
    """Draw a chart.

    Parameters
    ----------
    chart : altair chart
        What is drawn; a mark's ``description`` channel becomes its title.
    key : str
        Unique in the page; the ids of title and description begin with it.
    title, description : str
        What the picture is, and what it shows, for those who hear it.
    height : int
        Pixels of the plot, without its axes.

    Returns
    -------
    str
        An ``svg`` element.
    """
    sized = chart.properties(
        width=WIDTH, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    # All at once: each call would copy the chart with its data.
    spec = sized.configure(
        background="transparent",
        lineBreak="\n",
        font=FONT,
        padding=2,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            aria=False,
            labelColor=palette.INK,
            titleColor=palette.SOFT,
            titleFontWeight="normal",
            gridColor=palette.GRID,
            domainColor=palette.LINE,
            tickColor=palette.LINE,
            labelFontSize=TEXT_SIZE,
            titleFontSize=TEXT_SIZE,
            labelLimit=150,
            labelOverlap="greedy",
            labelSeparation=8,
        ),
        axisY=alt.AxisConfig(ticks=False, domain=False, labelPadding=6),
        legend=alt.LegendConfig(
            aria=False,
            labelColor=palette.INK,
            labelFontSize=TEXT_SIZE,
            orient="top",
            title=None,
            columns=3,
            symbolType="square",
            labelLimit=160,
            offset=8,
            columnPadding=14,
        ),
        text=alt.MarkConfig(color=palette.INK, fontSize=TEXT_SIZE),
    ).to_dict(validate=schemapi.DEBUG_MODE)
    drawn = ElementTree.fromstring(
        _drawn(json.dumps(spec, allow_nan=False, default=str), current())
    )
    _shrink(drawn)
    attributes = {"viewBox": drawn.get("viewBox", ""), "role": "img", "font-family": FONT}
    attributes["font-size"] = str(TEXT_SIZE)
    attributes["aria-labelledby"] = f"{key}-title {key}-desc"
    drawn.attrib.clear()
    drawn.attrib.update(attributes)
    for place, (name, words) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{name}", {"id": f"{key}-{name}"})
        element.text = words
        drawn.insert(place, element)
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(drawn, encoding="unicode")


@lru_cache(maxsize=256)
def _drawn(spec: str, language: str) -> str:
    if language == ENGLISH:
        return str(vl_convert.vegalite_to_svg(spec))
    locale = LOCALES[language]
    drawn = vl_convert.vegalite_to_svg(spec, format_locale=locale, time_format_locale=locale)
    return str(drawn)


def _shrink(element: ElementTree.Element) -> None:
    """Leave out what shows nothing, from the leaves up."""
    for child in list(element):
        _shrink(child)
        if _shows_nothing(child):
            element.remove(child)
    words = element.get("aria-label")
    for name in list(element.attrib):
        is_default = _SMALLER.get(name) == element.get(name)
        if is_default or name.startswith("aria-") or name in _NEVER:
            del element.attrib[name]
    for name, value in element.attrib.items():
        if name != "fill" and name != "stroke":
            element.set(name, _NUMBER.sub(_rounded, value))
    if "stroke" not in element.attrib:
        element.attrib.pop("stroke-width", None)
    if element.get("transform") == "translate(0,0)":
        del element.attrib["transform"]
    _make_circle(element)
    if words and element.tag != f"{{{SVG}}}svg":
        ElementTree.SubElement(element, f"{{{SVG}}}title").text = words
    _lift_bare_groups(element)


def _rounded(number: "re.Match[str]") -> str:
    return f"{float(number.group()):.1f}".removesuffix(".0")


def _shows_nothing(element: ElementTree.Element) -> bool:
    name = element.tag.removeprefix(f"{{{SVG}}}")
    if name == "g":
        return len(element) == 0
    if name == "text":
        return element.get("opacity") == "0" or not (element.text or len(element))
    if name == "path":
        is_painted = "fill" in element.attrib or "stroke" in element.attrib
        return not element.get("d") or element.get("display") == "none" or not is_painted
    return False


def _make_circle(element: ElementTree.Element) -> None:
    place = _PLACE.fullmatch(element.get("transform", ""))
    outline = element.get("d", "")
    radius = _CIRCLE.match(outline)
    if place and radius and outline.count("A") == 2:
        element.tag = f"{{{SVG}}}circle"
        del element.attrib["d"], element.attrib["transform"]
        element.set("cx", place.group(1))
        element.set("cy", place.group(2))
        element.set("r", radius.group(1))


def _lift_bare_groups(element: ElementTree.Element) -> None:
    """Put the children of groups that say nothing in the groups' stead."""
    for child in list(element):
        if child.tag == f"{{{SVG}}}g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            for offset, inner in enumerate(list(child)):
                element.insert(place + offset, inner)
