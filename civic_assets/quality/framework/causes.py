"""Findings of one cause: the same sentence about other cells.

Belongs here: the cause of a finding, as a text that all findings of one cause share, and putting them together. Does
not belong here: what a finding says (the rules), and how groups look (`civic_assets.cli.answers`, the report).

A symbol that the contract does not know stands in every row of a column; a column that was renamed is missing from
every area. Each finding is kept, and one line tells them. What differs between them is the cell, the area and the
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civic_assets.quality.framework.results import Finding

MANY = 3
"""Findings of one cause beyond this are one line."""
MANY_PROPOSALS = 10
"""The same where each proposes a value for its cell: those may well be errors of their own."""

_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[0-9][0-9,.:/%-]*")
_REPEATED = re.compile(r"(?:(?:, | and |; )?(?:a cell|a period|an area|#)){2,}")


def cause_of(finding: Finding, areas: Mapping[str, str]) -> str:
    """The finding's sentence without its cells, its area and its numbers.

    Args:
        finding: Any; a cause in its evidence stands.
        areas: Name by code, of the areas that the release prints.
    """
    stated = finding.evidence.get("cause")
    if stated:
        return str(stated)
    text = finding.message
    cells = {finding.locator, *finding.locators[:20]} - {""}
    for cell in sorted(cells, key=lambda cell: (-len(cell), cell)):
        text = text.replace(cell, "a cell")
    name = areas.get(finding.area_code, "")
    if name:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "an area", text)
    return _REPEATED.sub("#", _NUMBER.sub("#", text))


def together(findings: Iterable[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Findings in groups, in the order of the first of each: those of one cause together where they are many.

    Args:
        findings: With the columns of `quality.findings`, and their cause.
    """
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        key = (finding["severity"], finding["check_id"], finding.get("cause") or finding["message"])
        groups.setdefault(key, []).append(finding)
    shown: list[Sequence[Mapping[str, Any]]] = []
    for group in groups.values():
        most = MANY_PROPOSALS if any(finding.get("proposal") for finding in group) else MANY
        shown += [group] if len(group) > most else [[finding] for finding in group]
    return shown


def cells_of(group: Sequence[Mapping[str, Any]]) -> str:
    """Which cells a group is about: the first and the last one, as the findings name them."""
    cells = list(dict.fromkeys(finding["locator"] for finding in group if finding["locator"]))
    if not cells:
        return ""
    return cells[0] if len(cells) == 1 else f"{cells[0]} to {cells[-1]}"
