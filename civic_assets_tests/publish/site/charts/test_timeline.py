"""A chart of a series shows what the series is: no status as a zero, no line where nothing may be compared."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.publish.site.charts.described import description, legend
from civic_assets.publish.site.charts.history import Mark, short_period
from civic_assets.publish.site.charts.scale import Scale, ticks
from civic_assets.publish.site.charts.timeline import SMALL, WIDE, drawn
from civic_assets_tests.publish.site.charts.histories import history, parts, year

SERIES = [year(2018, 10.0), year(2019, 12.5), year(2020, 0.0), year(2021, 15.0)]
BREAK = Mark("A", date(2020, 3, 1), None, "the definition changed", forbids=True)


def test_a_suppressed_figure_is_a_cross_and_never_a_point() -> None:
    svg = drawn(history([year(2018, 10.0), year(2019, None), year(2020, 12.0)]))
    assert len(parts(svg, "dot")) == 2
    assert len(parts(svg, "cross")) == 1
    (base,) = parts(svg, "base")
    assert all(float(dot.get("cy", "")) < float(base.get("y1", "")) for dot in parts(svg, "dot"))
    assert "suppressed by the publisher" in description(history([year(2019, None)]))


def test_a_figure_of_0_is_a_point_on_the_axis() -> None:
    svg = drawn(history(SERIES))
    (base,) = parts(svg, "base")
    heights = [float(dot.get("cy", "")) for dot in parts(svg, "dot")]
    assert heights[2] == float(base.get("y1", ""))
    assert not parts(svg, "cross")


def test_points_are_at_the_height_of_their_figures() -> None:
    svg = drawn(history(SERIES))
    labels = {float(one.text or ""): float(one.get("y", "")) - 3.5 for one in parts(svg, "value")}
    top = max(labels)
    for point, dot in zip(SERIES, parts(svg, "dot"), strict=True):
        assert point.value is not None
        expected = labels[0] + (labels[top] - labels[0]) * point.value / top
        assert float(dot.get("cy", "")) == pytest.approx(expected, abs=0.11)


def test_a_missing_period_and_a_status_leave_a_gap_in_the_line() -> None:
    missing = history([year(2016, 1.0), year(2017, 2.0), year(2019, 3.0), year(2020, 4.0)])
    assert len(parts(drawn(missing), "line")) == 2
    assert "No figure between academic year 2017/18 and academic year 2019/20." in description(missing)
    hidden = history([year(2016, 1.0), year(2017, 2.0), year(2018, None), year(2019, 3.0), year(2020, 4.0)])
    assert len(parts(drawn(hidden), "line")) == 2
    assert not hidden.gaps


def test_no_line_joins_figures_that_may_not_be_compared() -> None:
    points = [
        year(2017, 1.0, comparable=False),
        year(2018, 2.0, comparable=False),
        year(2019, 3.0),
        year(2020, 4.0),
    ]
    svg = drawn(history(points))
    (line,) = parts(svg, "line")
    assert len((line.get("points") or "").split()) == 2
    assert "joined only where they may be compared" in legend(history(points))


def test_no_line_joins_two_series() -> None:
    svg = drawn(history([year(2018, 1.0, origin="old"), year(2019, 2.0), year(2020, 3.0)]))
    assert len(parts(svg, "line")) == 1
    assert len(parts(svg, "other")) == 1


def test_breaks_and_unusual_times_are_drawn_and_said() -> None:
    unusual = Mark("B", date(2020, 3, 23), date(2021, 7, 19), "schools were closed", forbids=False)
    drawing = history(SERIES, [BREAK, unusual])
    svg = drawn(drawing)
    assert [one.get("class") for one in parts(svg, "break")] == ["break forbids"]
    assert len(parts(svg, "unusual")) == 1
    assert [one.text for one in parts(svg, "mark")] == ["A", "B"]
    said = description(drawing)
    assert "A: 1 March 2020: the definition changed. Figures before and after it may not be compared." in said
    assert "B: 23 March 2020 to 18 July 2021: schools were closed." in said


def test_a_break_is_drawn_between_the_periods_that_it_separates() -> None:
    between = Mark("A", date(2020, 9, 1), None, "it changed", forbids=True)
    svg = drawn(history(SERIES, [between]))
    (line,) = parts(svg, "break")
    places = [float(dot.get("cx", "")) for dot in parts(svg, "dot")]
    assert places[1] < float(line.get("x1", "")) < places[2]


def test_letters_of_breaks_do_not_meet() -> None:
    near = [
        Mark(letter, date(2020, 3, day), None, "it changed", forbids=False)
        for day, letter in ((1, "A"), (2, "B"))
    ]
    a, b = (float(one.get("x", "")) for one in parts(drawn(history(SERIES, near)), "mark"))
    assert b - a > 8


def test_the_band_is_drawn_only_where_there_is_one() -> None:
    points = [
        year(2018, 5.0),
        year(2019, 6.0, low=2.0, high=8.0, low_shown="2", high_shown="8"),
        year(2020, 7.0),
    ]
    drawing = history(points, band_of="33 London boroughs")
    assert len(parts(drawn(drawing), "band")) == 1
    assert "Middle half of 33 London boroughs: academic year 2019/20: 2 to 8." in description(drawing)
    assert not parts(drawn(history(SERIES)), "band")
    assert "band" not in description(history(SERIES)).lower()


def test_a_revised_figure_has_a_ring_and_its_earlier_figures() -> None:
    revised = year(2020, 12.0, earlier=(11.0, 10.5), revised="11 in 2021, 10.5 in 2020")
    drawing = history([year(2019, 10.0), revised])
    svg = drawn(drawing)
    assert len(parts(svg, "ring")) == 1
    assert len(parts(svg, "earlier")) == 2
    assert "Revised, academic year 2020/21: 11 in 2021, 10.5 in 2020." in description(drawing)


def test_the_text_alternative_has_every_figure_that_is_drawn() -> None:
    svg = drawn(history(SERIES, [BREAK]))
    root = ElementTree.fromstring(svg)
    ids = (root.get("aria-labelledby") or "").split()
    texts = {one.get("id"): one.text or "" for one in root.iter() if one.get("id")}
    assert root.get("role") == "img"
    assert list(texts) == ids
    for point in SERIES:
        assert f"{point.period}: {point.shown}" in texts[ids[1]]


def test_a_hostile_name_stays_text() -> None:
    title = '</title><script>alert("x")</script> & more'
    mark = Mark("A", date(2020, 1, 1), None, "<img src=x>", forbids=False)
    svg = drawn(history(SERIES, [mark], title=title, unit="<b>"))
    assert "<script" not in svg
    assert "<img" not in svg
    assert next(one.text for one in ElementTree.fromstring(svg).iter() if one.tag == "title") == title


def test_made_up_figures_say_so_in_the_drawing_itself() -> None:
    svg = drawn(history(SERIES, synthetic=True))
    assert [one.text for one in parts(svg, "made-up")] == ["SYNTHETIC"]
    assert "SYNTHETIC" in description(history(SERIES, synthetic=True))
    assert not parts(drawn(history(SERIES)), "made-up")


@pytest.mark.parametrize("size", [WIDE, SMALL])
def test_equal_series_give_equal_bytes(size: object) -> None:
    assert drawn(history(list(SERIES), [BREAK]), size) == drawn(history(list(SERIES), [BREAK]), size)  # type: ignore[arg-type]


def test_nothing_needs_a_style_that_the_policy_of_the_pages_refuses() -> None:
    svg = drawn(history(SERIES, [BREAK], synthetic=True))
    assert "style" not in svg
    assert not re.search(r"\bon[a-z]+=", svg)


@given(st.lists(st.one_of(st.none(), st.one_of(st.just(0.0), st.floats(1e-6, 1e7))), min_size=1, max_size=14))
def test_everything_is_drawn_within_the_drawing(values: list[float | None]) -> None:
    svg = drawn(history([year(2001 + number, value) for number, value in enumerate(values)]))
    assert len(parts(svg, "dot")) == sum(value is not None for value in values)
    assert len(parts(svg, "cross")) == sum(value is None for value in values)
    for one in (*parts(svg, "dot"), *parts(svg, "period"), *parts(svg, "value")):
        x = float(one.get("cx") or one.get("x") or "")
        y = float(one.get("cy") or one.get("y") or "")
        assert 0 <= x <= WIDE.width
        assert 0 <= y <= WIDE.height


@given(st.one_of(st.just(0.0), st.floats(1e-6, 1e9)), st.integers(2, 6))
def test_ticks_begin_at_0_and_reach_the_largest_value(largest: float, most: int) -> None:
    found = ticks(largest, most)
    assert found[0] == 0
    assert found[-1] >= largest * (1 - 1e-6)
    assert 2 <= len(found) <= most + 2
    steps = {round((b - a) / found[1], 6) for a, b in pairwise(found)}
    assert steps == {1.0}


def test_a_scale_takes_its_ends_to_the_ends_of_the_drawing() -> None:
    scale = Scale(0.0, 40.0, 150.0, 18.0)
    assert (scale.at(0), scale.at(40), scale.at(20)) == (150.0, 18.0, 84.0)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2023, 4, 1), date(2024, 4, 1), "2023/24"),
        (date(2024, 1, 1), date(2025, 1, 1), "Dec 2024"),
        (date(2024, 3, 31), date(2024, 4, 1), "Mar 2024"),
        (date(2024, 12, 1), date(2025, 3, 1), "Feb 2025"),
    ],
)
def test_short_names_of_periods(start: date, end: date, words: str) -> None:
    assert short_period(start, end) == words
