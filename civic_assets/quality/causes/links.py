"""What findings have in common: the links that make them findings of one cause.

Belongs here: for each finding, its links. Two findings with a link in common have one cause, and so have those that are
joined by a chain of such findings. Does not belong here: joining them (`grouping`), and the sentences about a cause
(`sentences`).

Kinds of links:

- *statement*: the same sentence of one check about other cells, areas, periods or releases of a source, such as a
  symbol that the contract does not have;
- *check*: all that one check says of a source, where its sentences differ only in the measure or the series: outliers,
  changed levels, identifiers that are repeated;
- *equations*: equations with a cell in common, so that one wrong cell may have broken all of them;
- *row*: one row, which may be in several tables, with a code or a name that is not its own;
- *break*: one dated change, whatever it does (changes that cross it, definitions on both sides);
- *absent areas*: areas that sent no figures, whatever measures and checks notice it;
- *hidden figures*: figures that a publisher hides and that can be worked out, from one release or from all of them;
- *release due*: newer releases that were due, of any source;
- *classes*: a classification that another one replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from civic_assets.quality.causes.cause import CauseKind, JudgedFinding
from civic_assets.quality.framework.causes import pattern_of

Link: TypeAlias = tuple[CauseKind, ...] | tuple[CauseKind | str, ...]
"""A kind and what identifies the cause within it."""

KINDS: Final[Mapping[str, CauseKind]] = {
    **dict.fromkeys(("V-10", "V-11", "V-12", "V-13", "V-14", "V-15", "V-16", "V-23"), "equations"),
    **dict.fromkeys(("V-04", "V-05"), "row"),
    **dict.fromkeys(("H-11", "H-14"), "break"),
    **dict.fromkeys(("H-15", "H-16", "X-06"), "absent_areas"),
    **dict.fromkeys(("H-18", "H-19", "H-20"), "hidden_figures"),
    **dict.fromkeys(("X-01", "X-02"), "release_due"),
    **dict.fromkeys(("K-05", "E-06", "E-08"), "classes"),
    **dict.fromkeys(
        (
            "E-05", "E-07", "E-09", "E-10", "E-11", "E-12", "E-13", "E-14", "E-15", "E-22", "H-01", "H-03", "H-04",
            "H-07", "H-12", "H-13", "K-07", "R-05", "V-01", "V-17", "V-18", "V-19", "V-20", "V-21", "V-22", "V-24",
            "X-05", "X-07", "X-08", "X-09", "X-10", "X-11", "X-12", "X-13", "X-16",
        ),
        "check",
    ),
}  # fmt: skip
"""Kind of link of a check's findings; those of any other check are linked by their statement."""

_CODE = re.compile(r"\b[EKNSW][0-9]{8}\b")
_PLACE_IN_BRACKETS = re.compile(r"\s*\([EKNSW][0-9]{8}\)$")


def links_of(finding: JudgedFinding) -> frozenset[Link]:
    """The links of a finding; there is at least one.

    Args:
        finding: Any finding.
    """
    kind = KINDS.get(finding.check_id, "statement")
    stated = finding.facts.get("cause_key")
    if stated:
        # A rule over derived tables says itself what its findings share.
        return frozenset({("statement" if kind == "check" else kind, finding.source, str(stated))})
    found = frozenset(_LINKS[kind](finding)) if kind in _LINKS else frozenset()
    return found or frozenset({_by_statement(finding)})


def by_check(finding: JudgedFinding) -> Link:
    """The link that all findings of a check about a source have in common."""
    return ("check", finding.source, finding.check_id)


_HEADER = re.compile(r"^Column '(?P<header>[^']+)'")


def _by_statement(finding: JudgedFinding) -> Link:
    header = _HEADER.match(finding.message)
    # A column that is new or gone in several tables has one cause.
    text = header["header"] if header else finding.facts.get("cause") or pattern_of(finding.message)
    return ("statement", finding.source, finding.check_id, str(text))


def _equations(finding: JudgedFinding) -> Iterable[Link]:
    release = finding.releases[-1] if finding.releases else ""
    if finding.facts.get("slight"):
        # Totals that are off by one in thousands are one matter, wherever in a release they are.
        yield ("equations", finding.source, release, " off by one")
    for cell in (finding.locator, *finding.locators):
        if cell:
            yield ("equations", finding.source, release, cell)


def _row(finding: JudgedFinding) -> Iterable[Link]:
    release = finding.releases[-1] if finding.releases else ""
    # Two rows that print one code wrongly have one cause, and so has a row in several tables.
    printed = _CODE.findall(finding.observed) or [finding.observed]
    for name in (*printed, finding.area_code):
        if name:
            yield ("row", finding.source, release, name)


def _break(finding: JudgedFinding) -> Iterable[Link]:
    for name in ("break_id", "changed_on"):
        stated = finding.facts.get(name)
        for one in stated if isinstance(stated, list) else [stated]:
            if one:
                yield ("break", finding.source, name, str(one))


def _absent_areas(finding: JudgedFinding) -> Iterable[Link]:
    for name in areas_in(finding):
        yield ("absent_areas", finding.source, name)


def areas_in(finding: JudgedFinding) -> list[str]:
    """Names of the areas that a finding misses, as it gives them, without their codes."""
    stated = finding.facts.get("missing_areas")
    return [_PLACE_IN_BRACKETS.sub("", str(name)) for name in stated] if isinstance(stated, list) else []


def _hidden(finding: JudgedFinding) -> Iterable[Link]:
    if finding.source != "our_tables":
        yield ("hidden_figures", finding.source)


def _due(finding: JudgedFinding) -> Iterable[Link]:
    if finding.check_id == "X-02" or finding.facts.get("due_source"):
        yield ("release_due",)


def _classes(finding: JudgedFinding) -> Iterable[Link]:
    if finding.check_id == "K-05" and not finding.facts.get("classes"):
        return
    for release in finding.releases:
        yield ("classes", finding.source, release)


def _check(finding: JudgedFinding) -> Iterable[Link]:
    row = finding.facts.get("row")
    if finding.check_id in ("E-09", "E-15") and isinstance(row, dict):
        # A column without a value in one release is a column whose values come back in the next.
        yield ("check", finding.source, "absent values", str(row.get("table_id")))
    else:
        yield by_check(finding)


_LINKS: Final = {
    "equations": _equations,
    "row": _row,
    "break": _break,
    "absent_areas": _absent_areas,
    "hidden_figures": _hidden,
    "release_due": _due,
    "classes": _classes,
    "check": _check,
}
