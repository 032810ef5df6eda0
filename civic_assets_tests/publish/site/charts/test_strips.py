"""How the figures of areas are spread: the drawing and its text."""

from __future__ import annotations

import re

import pytest

from civic_assets.publish.site.charts.strips import Spread, Strip, description, drawn
from civic_assets_tests.publish.site.areas.area_pages import elements, with_class

VALUES = [1.0, 2.0, 3.0, 4.0, 10.0]


def _spread(*strips: Strip, synthetic: bool = False) -> Spread:
    return Spread("spread-1", "Burglary <&>, 2024", "Per 1,000 population", strips, synthetic)


def _dots(drawing: str) -> list[tuple[float, float]]:
    (path,) = with_class(elements(drawing), "dots")
    return [(float(x), float(y)) for x, y in re.findall(r"M([0-9.]+) ([0-9.]+)h0", path.attributes["d"])]


def test_every_area_has_a_dot_at_the_place_of_its_figure() -> None:
    drawing = drawn(_spread(Strip("5 boroughs", VALUES)))
    places = [x for x, _ in _dots(drawing)]
    # The axis goes from 0 at 12 to 10 at 422.
    assert places == pytest.approx([12 + 41 * value for value in VALUES], abs=0.1)


def test_equal_figures_do_not_hide_each_other() -> None:
    dots = _dots(drawn(_spread(Strip("5 boroughs", [2.0] * 5))))
    assert len(set(dots)) == 5 and len({x for x, _ in dots}) == 1


def test_band_is_the_middle_half_and_the_line_the_middle() -> None:
    page = elements(drawn(_spread(Strip("5 boroughs", VALUES))))
    (band,), (middle,) = with_class(page, "band"), with_class(page, "middle")
    assert float(band.attributes["x"]) == pytest.approx(12 + 41 * 2)
    assert float(band.attributes["width"]) == pytest.approx(41 * 2)
    assert float(middle.attributes["x1"]) == pytest.approx(12 + 41 * 3)


def test_text_alternative_has_the_quarters_of_every_strip() -> None:
    said = description(_spread(Strip("5 boroughs", VALUES), Strip("2 counties", [1.0, 2.0]), synthetic=True))
    assert said == (
        "SYNTHETIC. Per 1,000 population. 5 boroughs: a quarter are at or below 2, half at or below 3, "
        "three quarters at or below 4. 2 counties: a quarter are at or below 1.25, half at or below 1.5, "
        "three quarters at or below 1.75."
    )


def test_chart_of_made_up_figures_says_so_in_the_drawing() -> None:
    assert ">SYNTHETIC</text>" in drawn(_spread(Strip("5 boroughs", VALUES), synthetic=True))
    assert "SYNTHETIC" not in drawn(_spread(Strip("5 boroughs", VALUES)))


def test_texts_are_escaped_and_long_names_stay_inside() -> None:
    drawing = drawn(
        _spread(Strip("5 <b> boroughs with a name that is much longer than the drawing is wide", VALUES))
    )
    page = elements(drawing)
    (words,) = with_class(page, "strip")
    assert words.text.startswith("5 <b> boroughs") and words.text.endswith("…") and len(words.text) <= 46
    assert "much longer than the drawing is wide" in page.all("desc")[0].text
    assert page.all("title")[0].text == "Burglary <&>, 2024"


def test_equal_figures_give_equal_bytes() -> None:
    assert drawn(_spread(Strip("5 boroughs", VALUES))) == drawn(
        _spread(Strip("5 boroughs", list(reversed(VALUES))))
    )


def test_figures_that_are_all_zero_can_be_drawn() -> None:
    assert {x for x, _ in _dots(drawn(_spread(Strip("5 boroughs", [0.0] * 5))))} == {12.0}
