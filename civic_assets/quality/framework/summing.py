"""Many findings of one cause as one finding, so that a file that is wrong in every row needs no more than another.

Belongs here: putting findings together, and making only as many as are kept. Does not belong here: what findings have
in common (`framework.causes`), and the groups that the report shows (`civic_assets.quality.causes`).

Nothing is lost by it that decides anything: the finding that stands for many disputes every cell that they dispute, the
result of the check counts all of them, and `cells` has the addresses of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from civic_assets.house_numbers.listing import (
    CELLS_OF_A_FINDING,
    EXAMPLES_NAMED,
    FINDINGS_OF_A_CAUSE,
    FINDINGS_OF_A_CHECK,
)
from civic_assets.parsing.observations import RowProblem
from civic_assets.quality.framework.results import Finding
from civic_assets.quality.framework.wording import listed

T = TypeVar("T")

_OF_ONE_CELL = ("measure", "area_code", "period_start", "period_end", "observed", "expected")
ALL_CELLS = "`civic-assets inspect FILE --json --all` lists all cells."


def findings_from(
    items: Sequence[T],
    make: Callable[[T], Finding],
    cell: Callable[[T], str],
    *,
    disputes: bool = False,
) -> list[Finding]:
    """A finding for each item; one for all of them where there are more than `FINDINGS_OF_A_CHECK`.

    Args:
        items: What was found, the most important first.
        make: Makes the finding of an item; called for the first one only where there are too many.
        cell: The cell of an item.
        disputes: Whether the finding of an item disputes its cell.
    """
    if len(items) <= FINDINGS_OF_A_CHECK:
        return [make(item) for item in items]
    cells = list(map(cell, items))
    return [stands_for(make(items[0]), len(items), cells, cells if disputes else ())]


def of_problem(problem: RowProblem, *, disputes: bool = False) -> Finding:
    """The finding of a problem that stands for many.

    Args:
        problem: What the parser saw in many cells.
        disputes: Whether these cells are disputed; if not, it is a warning.
    """
    first = Finding(
        problem.check_id,
        problem.message,
        problem.locator,
        severity="blocking" if disputes else "warning",
        observed=problem.observed,
        expected=problem.expected,
        measure=problem.measure,
    )
    return stands_for(first, problem.number, problem.locators, problem.locators if disputes else ())


def stands_for(first: Finding, number: int, cells: Sequence[str], disputes: Sequence[str]) -> Finding:
    """The finding that says what many say.

    Args:
        first: The first of them; its message is quoted.
        number: How many there are.
        cells: Addresses of all their cells.
        disputes: Addresses of all cells that they dispute.
    """
    shown = list(dict.fromkeys([*([first.locator] if first.locator else []), *cells[:CELLS_OF_A_FINDING]]))
    named = shown[:EXAMPLES_NAMED]
    where = f", the first in {listed(named)}" if named else ""
    return replace(
        first,
        message=(
            f"{number:,} findings of this check are put together here{where}. {ALL_CELLS} The first: {first.message}"
        ),
        locators=shown[:CELLS_OF_A_FINDING],
        cells=cells,
        disputes=disputes,
        evidence={**first.evidence, "n_findings": number},
    )


def in_few(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of one check, each with its cause, with those of a cause put together where they are many.

    Findings about equations that were repaired are kept apart by their repair, since each may be an error of its own.
    """
    if len(findings) <= FINDINGS_OF_A_CAUSE:
        return list(findings)
    kept = _together(findings, _cause, FINDINGS_OF_A_CAUSE)
    return _together(kept, lambda one: (one.severity,), FINDINGS_OF_A_CHECK)


def _cause(finding: Finding) -> tuple[str, ...]:
    cells = finding.evidence.get("cells")
    repair = "|".join(map(str, cells)) if isinstance(cells, list) else ""
    return finding.severity, str(finding.evidence.get("cause", "")), repair


def _together(
    findings: Sequence[Finding], key: Callable[[Finding], tuple[str, ...]], most: int
) -> list[Finding]:
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[key(finding)].append(finding)
    kept: list[Finding] = []
    for group in groups.values():
        kept += [_one(group)] if len(group) > most else group
    if len(kept) == len(findings):
        return list(findings)
    return kept


def _one(group: Sequence[Finding]) -> Finding:
    cells = _distinct(one.cells or one.locators or ([one.locator] if one.locator else []) for one in group)
    disputes = _distinct(one.disputes for one in group)
    first = group[0]
    same: dict[str, Any] = {
        name: getattr(first, name) if len({getattr(one, name) for one in group}) == 1 else ""
        for name in _OF_ONE_CELL
    }
    number = sum(one.number for one in group)
    evidence = {name: first.evidence[name] for name in ("cause", "edits", "cells") if name in first.evidence}
    found = stands_for(replace(first, evidence=evidence), number, cells, disputes)
    return replace(found, **same, proposal="", n_ties=0)


def _distinct(cells: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(cells)))
