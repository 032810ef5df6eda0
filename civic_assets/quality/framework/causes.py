"""Findings of one cause: the same sentence about other cells.

Belongs here: the cause of a finding, as a text that all findings of one cause share, and grouping by it. Does not
belong here: the text of a finding (the rules), and how groups look (`civic_assets.cli.inspect`, the report).

A symbol that the contract does not have may be in every row of a column; a renamed column is missing for every area.
Each finding is kept, and one line shows them all. They differ only in the cell, the area, the period and the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from civic_assets.house_numbers.listing import SHARED_CAUSE_FINDINGS, SHARED_CAUSE_PROPOSALS

if TYPE_CHECKING:
    from civic_assets.answers.inspection import InspectedFinding
    from civic_assets.quality.framework.results import Finding


_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[0-9][0-9,.:/%-]*")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PERIOD = re.compile(
    r"(?:(?:year ending|(?:calendar|financial|academic) year|(?:autumn|spring|summer) term) )?"
    rf"(?:(?:[0-9]{{1,2}} )?(?:{_MONTHS})(?: [0-9]{{4}})?(?: to (?:[0-9]{{1,2}} )?(?:{_MONTHS})(?: [0-9]{{4}})?)?)"
    r"|(?:calendar|financial|academic) year [0-9/]+|(?:autumn|spring|summer) term [0-9/]+"
)
_REPEATED = re.compile(r"(?:(?:, | and |; )?(?:a cell|a period|an area|#)){2,}")


def cause_of(finding: Finding, areas: Mapping[str, str]) -> str:
    """The finding's sentence without its cells, area, periods and numbers.

    Args:
        finding: Any finding; a cause stated in its evidence is used as it is.
        areas: Names of the areas that the release prints, by code.
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
    return pattern_of(text)


def pattern_of(text: str) -> str:
    """A sentence without its periods and numbers."""
    return _REPEATED.sub("#", _NUMBER.sub("#", _PERIOD.sub("#", text)))


def together(findings: Iterable[InspectedFinding]) -> list[Sequence[InspectedFinding]]:
    """Groups findings of one cause where there are many, in the order of the first of each group.

    Args:
        findings: Findings, with their cause.
    """
    groups: dict[tuple[str, str, str], list[InspectedFinding]] = {}
    for finding in findings:
        key = (finding.severity, finding.check_id, finding.cause or finding.message)
        groups.setdefault(key, []).append(finding)
    shown: list[Sequence[InspectedFinding]] = []
    for group in groups.values():
        most = SHARED_CAUSE_PROPOSALS if any(finding.proposal for finding in group) else SHARED_CAUSE_FINDINGS
        shown += [group] if len(group) > most else [[finding] for finding in group]
    return shown


def cells_of(group: Sequence[InspectedFinding]) -> str:
    """The first and the last cell of a group, as the findings name them."""
    cells = list(dict.fromkeys(finding.locator for finding in group if finding.locator))
    if not cells:
        return ""
    return cells[0] if len(cells) == 1 else f"{cells[0]} to {cells[-1]}"
