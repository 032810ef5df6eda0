"""Colours of the site stand out from their background in light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).parents[3] / "civic_assets/publish/site/assets/site.css").read_text(encoding="utf-8")
_TEXT = """ink:back ink:raised quiet:back quiet:raised link:back link:raised link-hover:back link-hover:raised
    warn:back bad:back good:back warn:warn-back bad:bad-back good:good-back ink:warn-back ink:bad-back link:warn-back
    link:bad-back synthetic:synthetic-back on-top:top on-top-quiet:top back:link ink:target link:target quiet:target"""
_SHAPES = "edge:back focus:back chart-1:back chart-2:back chart-3:back chart-1:chart-band"


def _colours(mode: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)  # light, dark, print
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks[:2])
    assert light.keys() == dark.keys()
    return light if mode == "light" else dark


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(_TEXT, 4.5), (_SHAPES, 3.0)])
def test_colours_stand_out(mode: str, pairs: str, least: float) -> None:
    colours = _colours(mode)
    for pair in pairs.split():
        ink, background = pair.split(":")
        light, dark = sorted((_luminance(colours[ink]), _luminance(colours[background])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= least, (mode, ink, background)
