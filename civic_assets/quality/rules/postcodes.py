"""Rules about the rows of a postcode directory.

Belongs here: V-26 to V-28. Does not belong here: finding the rows (`quality.analyses.postcodes`), and whether a
directory agrees with other lookups (X-18, over what is published).

A directory has millions of rows, and a single bad one must not keep everybody from using it: it is reported and left
out, or its cell is. From the contract's `unfit_postcodes_share` on, columns or lines were moved, and the directory is
held back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from civic_assets.contracts.model import Contract, Severity
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING
from civic_assets.parsing.blocks import Block
from civic_assets.quality.analyses.postcodes import TABLE, Unfit, postcodes_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted

_SHARE = "unfit_postcodes_share"
_NOUNS = {
    "ward": "a ward",
    "authority": "a local authority",
    "police_force": "a police force area",
    "lsoa_2011": "a small census area of 2011",
    "lsoa_2021": "a small census area of 2021",
}


def _lists_postcodes(contract: Contract) -> bool:
    return _SHARE in contract.thresholds


@rule(
    "V-26",
    "Postcodes of one form, each once",
    dimension="uniqueness",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="Every row of a directory has a postcode of the form of `N1 1AA`, and no two rows have the same one; "
    "below the contract's share of rows, malformed ones are left out and reported.",
    cannot_tell="whether a postcode of the right form exists",
    guidance="Download the directory again, or ask the publisher.",
    applies=_lists_postcodes,
)
def postcodes_once(release: ReleaseView) -> RuleOutcome:
    """V-26: of two rows with one postcode, nobody can say which holds; so a repeated one holds the directory back."""
    judged = release.derived(postcodes_of)
    block = release.found[TABLE]
    malformed = _findings(
        "V-26", block, "postcode", judged.malformed, _no_postcode, "a postcode such as N1 1AA"
    )
    repeated = _findings(
        "V-26", block, "postcode", judged.repeated, _again, "a postcode that no other row has"
    )
    held = bool(judged.repeated.number) or _too_many(release, judged.rows, judged.malformed.number)
    return _outcome(
        release,
        judged.rows,
        [*repeated, *malformed],
        held=held,
        number=judged.malformed.number + judged.repeated.number,
        what="postcode",
    )


@rule(
    "V-27",
    "Months of postcodes",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="A postcode was introduced in a month, and terminated in none or in a later one; below the contract's "
    "share of rows, others are reported and published without the month.",
    cannot_tell="a possible month that is wrong",
    guidance="Ask the publisher for the month.",
    applies=_lists_postcodes,
)
def months_of_postcodes(release: ReleaseView) -> RuleOutcome:
    """V-27: whether a postcode was in use on a day follows from the two months."""
    judged = release.derived(postcodes_of)
    block = release.found[TABLE]
    findings = [
        finding
        for name, unfit in judged.months.items()
        for finding in _findings("V-27", block, name, unfit, _no_month, "a month such as 199606")
    ]
    findings += _findings(
        "V-27", block, "terminated", judged.reversed, _ended_first, "a month after the introduction"
    )
    number = sum(unfit.number for unfit in judged.months.values()) + judged.reversed.number
    return _outcome(
        release,
        judged.rows,
        findings,
        held=_too_many(release, judged.rows, number),
        number=number,
        what="postcode",
    )


@rule(
    "V-28",
    "Kinds of codes in a directory",
    dimension="validity",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="Each column of a directory has codes of its own kind of area (wards E05, W05, S13 or N08; ...), a code "
    "that says that there is no area, or nothing; below the contract's share of rows, others are reported.",
    cannot_tell="a code of the right kind on the wrong row",
    guidance="Check that the columns are those of their headers, and download the directory again.",
    applies=_lists_postcodes,
)
def kinds_of_codes(release: ReleaseView) -> RuleOutcome:
    """V-28: a column moved by one place gives every postcode the code of another kind of area."""
    judged = release.derived(postcodes_of)
    block = release.found[TABLE]
    findings = [
        finding
        for name, unfit in judged.codes.items()
        for finding in _findings(
            "V-28", block, name, unfit, _not_the_code_of(_NOUNS[name]), f"the code of {_NOUNS[name]}"
        )
    ]
    number = max((unfit.number for unfit in judged.codes.values()), default=0)
    passed = (
        f"{counted(judged.rows, 'postcode')}, of which {judged.without_area:,} in use have no authority "
        "(Channel Islands, Isle of Man, or not placed)"
    )
    return _outcome(
        release,
        judged.rows,
        findings,
        held=_too_many(release, judged.rows, number),
        number=number,
        what="row",
        passed=passed,
    )


def _no_postcode(where: str, _: str, cell: str) -> str:
    return f"{where} contains {cell!r}, which is not a postcode. The row is left out."


def _again(where: str, postcode: str, earlier: str) -> str:
    return f"{where} has the postcode {postcode}, which {earlier} also has. Which of the two rows holds is unknown."


def _no_month(where: str, postcode: str, cell: str) -> str:
    return f"{where} contains {cell!r} for {postcode}, which is not a month (YYYYMM)."


def _ended_first(where: str, postcode: str, cell: str) -> str:
    return f"{where}: {postcode} was terminated in {cell}, before the month in which it was introduced."


def _not_the_code_of(noun: str) -> Callable[[str, str, str], str]:
    return lambda where, postcode, cell: (
        f"{where} contains {cell!r} for {postcode}, which is not the code of {noun}."
    )


def _too_many(release: ReleaseView, rows: int, number: int) -> bool:
    most = release.threshold(_SHARE)
    return most is not None and number > most * rows


def _findings(
    check: str,
    block: Block,
    column: str,
    unfit: Unfit,
    message: Callable[[str, str, str], str],
    expected: str,
) -> Iterable[Finding]:
    header = block.header(column) if column in block.columns else column
    cells = [f"L{row}:{header}" for row, _, _ in unfit.first]
    for at, (where, (_, postcode, cell)) in enumerate(zip(cells, unfit.first, strict=True)):
        more = unfit.number - len(cells)
        said = message(where, postcode, cell)
        if at == 0 and more:
            said += f" The same applies to {unfit.number - 1:,} more rows."
        yield Finding(
            check,
            said,
            where,
            cells[:CELLS_OF_A_FINDING] if at == 0 else [where],
            severity="warning",
            observed=cell,
            expected=expected,
        )


def _outcome(
    release: ReleaseView,
    rows: int,
    findings: Sequence[Finding],
    *,
    held: bool,
    number: int,
    what: str,
    passed: str = "",
) -> RuleOutcome:
    if not rows:
        return not_evaluated("no_input", "the directory has no rows")
    if not findings:
        return RuleOutcome("pass", rows, 0, passed or counted(rows, "postcode"))
    share = number / rows
    message = f"{counted(number, what)} of {rows:,} ({share:.2%}). The first: {findings[0].message}"
    if held:
        limit = release.contract.thresholds[_SHARE]
        message += (
            f" The directory is held back: at most {limit.value:.1%} may be unfit, and no postcode repeated."
        )
    level: Severity = "blocking" if held else "warning"
    return RuleOutcome(
        "fail",
        rows,
        number,
        message,
        severity=level,
        findings=[replace(one, severity=level) for one in findings],
    )
