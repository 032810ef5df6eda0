"""Charts can be read without colour or by a screen reader, and several can be on one page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from civic_assets.publish.report.charts import Chart, bars, stacked

SVG = "{http://www.w3.org/2000/svg}"
PARTS = ("pass", "warn", "fail", "not evaluated")


def outcomes(name: str = "a") -> Chart:
    rows = [("ons_csp", (130, 8, 0, 26)), ("a $1 <b> & c", (18, 8, 2, 3)), ("only unknown", (0, 0, 0, 5))]
    return stacked(name, "Outcomes", "What came of checks.", rows, PARTS, "share of results")


def texts(chart: Chart) -> list[str]:
    return [" ".join(e.itertext()).strip() for e in ElementTree.fromstring(chart.svg).iter(f"{SVG}text")]


def test_numbers_labels_and_legend_are_text() -> None:
    found = texts(outcomes())
    assert {"130", "26", "ons_csp", "a $1 <b> & c", *PARTS} <= set(found)


def test_parts_are_distinguished_by_pattern() -> None:
    root = ElementTree.fromstring(outcomes().svg)
    patterns = [e.attrib["id"] for e in root.iter(f"{SVG}pattern")]
    # Three of the four outcomes have a pattern; that which passed is plain.
    assert len(patterns) == 3
    used = set(re.findall(r"url\(#([^)]+)\)", outcomes().svg))
    assert set(patterns) <= used


def test_charts_of_one_page_share_no_id() -> None:
    ids = [re.findall(r'\sid="([^"]+)"', outcomes(name).svg) for name in ("a", "b")]
    assert ids[0] and not set(ids[0]) & set(ids[1])
    for chart in (outcomes("a"), outcomes("b")):
        own = set(re.findall(r'\sid="([^"]+)"', chart.svg))
        referred = set(re.findall(r'(?:url\(|href=")#([^")]+)', chart.svg))
        assert referred <= own


def test_equal_numbers_give_an_equal_chart() -> None:
    assert outcomes() == outcomes()


def test_chart_follows_the_width_of_the_page_and_asks_for_nothing() -> None:
    root = ElementTree.fromstring(outcomes().svg)
    assert "viewBox" in root.attrib and "width" not in root.attrib
    assert not list(root.iter(f"{SVG}style")) and not list(root.iter(f"{SVG}metadata"))
    assert "http" not in outcomes().svg.replace("http://www.w3.org/", "")


def test_bars_are_percentages_and_long_labels_are_cut() -> None:
    chart = bars("b", "Shares", "Of figures.", [("x" * 80, 0.2034), ("short", 0.0)], "share")
    found = texts(chart)
    assert "20.3%" in found and "0.0%" in found
    assert any(text.endswith(" ...") and len(text) < 50 for text in found)
