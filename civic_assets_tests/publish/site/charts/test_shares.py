"""Charts can be read without colour or by a screen reader, and several can be on one page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from civic_assets.publish.site.charts.shares import Chart, bars, columns, stacked

PARTS = ("pass", "warn", "fail", "not evaluated")


def outcomes(name: str = "a") -> Chart:
    rows = [("ons_csp", (130, 8, 0, 26)), ("a $1 <b> & c", (18, 8, 2, 3)), ("only unknown", (0, 0, 0, 5))]
    return stacked(name, "Outcomes", "What came of checks.", rows, PARTS)


def texts(chart: Chart) -> list[str]:
    return [" ".join(e.itertext()).strip() for e in ElementTree.fromstring(chart.svg).iter("text")]


def test_numbers_labels_and_legend_are_text() -> None:
    found = texts(outcomes())
    assert {"130", "26", "ons_csp", "a $1 <b> & c", *PARTS} <= set(found)


def test_parts_are_distinguished_by_pattern() -> None:
    root = ElementTree.fromstring(outcomes().svg)
    patterns = [e.attrib["id"] for e in root.iter("pattern")]
    # Three of the four outcomes have a pattern; that which passed is plain.
    assert len(patterns) == 3
    used = re.findall(r"url\(#([^)]+)\)", outcomes().svg)
    assert set(patterns) == set(used)
    # The legend has each pattern once; the three rows have 2 parts that warn, 1 that fails and 3 not evaluated.
    assert {one: used.count(one) for one in used} == {"a-warn": 3, "a-fail": 2, "a-unknown": 4}


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
    assert not list(root.iter("style")) and not list(root.iter("metadata"))
    assert not any("style" in element.attrib for element in root.iter()), "the policy of pages refuses it"
    assert "http" not in outcomes().svg


def test_bars_are_percentages_and_long_labels_are_cut() -> None:
    chart = bars("b", "Shares", "Of figures.", [("x" * 80, 0.2034), ("short", 0.0)])
    found = texts(chart)
    assert "20.3%" in found and "0.0%" in found
    assert any(text.endswith(" ...") and len(text) < 50 for text in found)


def test_columns_have_the_shares_of_their_numbers_and_name_the_first_and_last() -> None:
    rows = [(f"release {number}", (number, 1, 0, 0)) for number in (1, 3, 7)]
    root = ElementTree.fromstring(columns("c", "Over time", "By release.", rows, PARTS).svg)
    parts = [e for e in root.iter("rect") if "part" in e.attrib.get("class", "").split()]
    heights = [
        float(e.attrib["height"]) for e in parts if "pass" in e.attrib["class"] and e.attrib["width"] != "14"
    ]
    assert heights == [45.0, 67.5, 78.8]  # of 90: a half, three quarters, seven eighths
    labels = {" ".join(e.itertext()) for e in root.iter("text")}
    assert {"release 1", "release 7"} <= labels
    none = columns("c", "Over time", "By release.", [("empty", (0, 0, 0, 0)), *rows], PARTS)
    assert "nan" not in none.svg.lower()


def test_chart_of_made_up_figures_says_so() -> None:
    rows = [("a", (1, 0, 0, 0))]
    for made_up in (True, False):
        for draw in (stacked, columns):
            chart = draw("s", "Outcomes", "What came of checks.", rows, PARTS, synthetic=made_up)
            assert ("SYNTHETIC" in texts(chart)) == made_up
        assert ("SYNTHETIC" in texts(bars("b", "Shares", "Of.", [("a", 0.5)], synthetic=made_up))) == made_up
