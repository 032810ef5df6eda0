"""The sentences about a cause: what is the matter, and what to do.

Belongs here: choosing the finding that stands for a cause, and the sentences. Does not belong here: which findings
share a cause (`grouping`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from civic_assets.house_numbers.listing import AREAS_NAMED
from civic_assets.quality.causes.cause import SEVERITIES, CauseKind, JudgedFinding
from civic_assets.quality.causes.links import areas_in
from civic_assets.quality.framework.wording import advice_in, counted, listed

_CELL = re.compile(r"(.*)!([A-Z]+)([0-9]+)|L([0-9]+):(.*)", re.DOTALL)
_OTHERWISE = "Look at the findings of this cause."


def example_of(members: Sequence[JudgedFinding]) -> JudgedFinding:
    """The finding that stands for a cause.

    That is the one about which cell is wrong, if there is one; otherwise the gravest, and of equals the one about most
    cells.
    """
    return min(
        members,
        key=lambda one: (
            one.waived,
            one.check_id != "V-15",
            SEVERITIES.index(one.severity),
            -len(areas_in(one)),
            -len(one.locators),
            one.check_id,
            one.finding_id,
        ),
    )


def action_of(finding: JudgedFinding) -> str:
    """What a finding says is to be done: the sentences at its end that say so."""
    advice = advice_in(finding.message)
    return " ".join(advice) if advice else _OTHERWISE


def message_of(kind: CauseKind, example: JudgedFinding, members: Sequence[JudgedFinding]) -> str:
    """What is the matter, without what to do.

    Args:
        kind: What the findings have in common.
        example: The finding that stands for them.
        members: All of them.
    """
    if kind == "absent_areas" and len(members) > 1:
        return _absent(members)
    if kind == "release_due" and len(members) > 1:
        return _due(members)
    said = matter_of(example)
    if len(members) == 1 or kind == "equations":
        # A sentence about equations says itself how many are broken.
        return said
    return f"{len(members):,} findings with one cause{_where(members)}{_not_listed(members)}. One of them: {said}"


def matter_of(finding: JudgedFinding) -> str:
    """What a finding says, without what to do."""
    text = finding.message
    for sentence in advice_in(text):
        text = text.replace(sentence, "", 1)
    return " ".join(text.split()).strip() or finding.message


def _where(members: Sequence[JudgedFinding]) -> str:
    releases = list(dict.fromkeys(release for one in members for release in one.releases))
    if len(releases) < 2:
        cells = sorted({one.locator for one in members if one.locator}, key=_place)
        if len(cells) > 2:
            return f" in {len(cells):,} cells, the first of them {cells[0]}"
        return f" in {listed(cells)}" if cells else ""
    if len(releases) > 3:
        return f", in {len(releases)} releases"
    return f", in the releases {listed(releases)}"


def _place(locator: str) -> tuple[object, ...]:
    """Where a cell comes in its file: by sheet, row and column, so that row 9 is before row 10 and Z before AA."""
    found = _CELL.fullmatch(locator)
    if found is None:
        return (locator, 0, 0, "")
    sheet, column, row, line, field = found.groups()
    return (sheet or "", int(row or line), len(column or ""), column or field)


def _not_listed(members: Sequence[JudgedFinding]) -> str:
    """How many more cells have the fault than the rule made findings about: a rule lists the first of them only."""
    in_all: dict[tuple[str, tuple[str, ...]], int] = {}
    listed_cells: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for one in members:
        key = (one.check_id, one.releases)
        listed_cells[key] += 1
        in_all[key] = max(in_all.get(key, 0), int(one.facts.get("cells_in_all") or 0))
    more = sum(max(number - listed_cells[key], 0) for key, number in in_all.items())
    return (
        f", and {counted(more, 'more cell')} that {'is' if more == 1 else 'are'} not listed" if more else ""
    )


def _absent(members: Sequence[JudgedFinding]) -> str:
    named = Counter(name for one in members for name in dict.fromkeys(areas_in(one)))
    areas = [name for name, _ in named.most_common(AREAS_NAMED)]
    more = len(named) - len(areas)
    names = listed([*areas, f"{more} more"] if more else areas)
    has = "has" if len(named) == 1 else "have"
    who = "It" if len(named) == 1 else "Each of them"
    due = any(one.check_id == "X-06" for one in members)
    # A mark such as "unreliable" or "suppressed" is a return as well: why a figure is not printed differs by cell.
    why = (
        "sent no return, has figures that the publisher does not print, or began or ended in between"
        if due
        else "began or ended in between, or has figures that the publisher does not print"
    )
    return (
        f"{members[0].source}: {names} {has} no figures in some periods "
        f"({counted(len(members), 'finding')}). {who} {why}."
    )


def _due(members: Sequence[JudgedFinding]) -> str:
    sources = sorted({str(one.facts.get("due_source") or one.source) for one in members})
    # X-02 gives the row of its table, X-01 the title alone.
    facts = [row if isinstance(row := one.facts.get("row"), dict) else one.facts for one in members]
    if any(one.get("out_title") for one in facts):
        return (
            f"Newer releases of {counted(len(sources), 'source')} are out, as their publishers say, or were due by "
            f"their contracts when a file was last received: {listed(sources)}."
        )
    return (
        f"By their contracts, newer releases of {counted(len(sources), 'source')} were due when a file was last "
        f"received: {listed(sources)}."
        if len(sources) > 1
        else f"By its contract, a newer release of {sources[0]} was due when a file was last received."
    )
