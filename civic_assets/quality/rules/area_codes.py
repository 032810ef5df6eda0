"""Area codes of a release against the register: the existence part of V-04, and names of V-05.

Belongs here: which codes and names are findings, and in what words. Does not belong here: the status of a code in the
register (`civic_assets.harmonise.areas.code_status`), the form of codes (`rules.schema`), and what rows of one
release say of each other (`rules.names_and_known_values`).

Only a code of a kind that the register holds completely can be wrong for being absent from it. Its figures are
disputed, not lost; everything else about existence is a warning or a count, because publishers rightly carry codes of
the day over their whole history.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from civic_assets.harmonise.areas.code_status import COMPLETE, CodeAt, CodeStatus, codes_at
from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING, FINDINGS_OF_A_CHECK
from civic_assets.quality.analyses.area_codes import area_codes_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome
from civic_assets.quality.framework.summing import findings_from, stands_for
from civic_assets.quality.framework.wording import counted, day_name
from civic_assets.values.texts import Texts

_WORDS = {
    CodeStatus.LIVE: "in force",
    CodeStatus.APPLIED_BACKWARDS: "applied to dates before they began",
    CodeStatus.ENDED_WITHIN: "that ended within the period",
    CodeStatus.ENDED: "that ended before the period",
    CodeStatus.LISTED: "that ended, listed without figures",
    CodeStatus.DESCRIBED: "described by their rows",
    CodeStatus.UNLISTED: "of kinds that are held here only in part",
    CodeStatus.UNKNOWN: "unknown",
}


def existence(release: ReleaseView) -> RuleOutcome:
    """V-04, existence: fails, and disputes figures, for unknown codes of kinds that the register holds completely."""
    codes = release.derived(area_codes_of)
    wrong = [
        c
        for c in codes
        if c.standing is CodeStatus.UNKNOWN and c.code[:3] in COMPLETE and c.type != "unknown"
    ]
    odd = [c for c in codes if c.standing in (CodeStatus.ENDED, CodeStatus.UNLISTED)]
    outside = findings_from(_by_code(odd), _outside, lambda periods: periods[0].locator)
    findings = [*_unknown(release, wrong), *outside]
    # A code may have a different status in different periods; it is counted under its most serious one.
    oddest: dict[str, CodeStatus] = {}
    for how in CodeStatus:
        oddest.update({found.code: how for found in codes if found.standing is how})
    number = Counter(oddest.values())
    parts = [f"{number[how]:,} {_WORDS[how]}" for how in CodeStatus if number[how]]
    said = (
        f"{counted(len(oddest), 'area code')}: {', '.join(parts)}"
        if parts
        else "the release has no area codes"
    )
    said += _ended_authorities(release)
    if not wrong:
        return RuleOutcome("pass", len(oddest), 0, said, findings=findings)
    n_wrong = len({found.code for found in wrong})
    more = f" (and {n_wrong - 1:,} more)" if n_wrong > 1 else ""
    return RuleOutcome(
        "fail", len(oddest), n_wrong, f"{findings[0].message}{more} {said}.", scope="value", findings=findings
    )


def _ended_authorities(release: ReleaseView) -> str:
    """The part of the message about ended authorities listed with partnerships; the figures are not wrong."""
    beside = codes_at(release.observations, AreaRegister.shipped(), "authority_code")
    ended = sorted({found.code for found in beside if found.standing is CodeStatus.ENDED})
    if not ended:
        return ""
    return f"; also {counted(len(ended), 'authority', 'authorities')} that had ended ({', '.join(ended)})"


def _by_code(codes: Iterable[CodeAt]) -> list[list[CodeAt]]:
    found: dict[str, list[CodeAt]] = defaultdict(list)
    for code in codes:
        found[code.code].append(code)
    return [sorted(periods, key=lambda c: (c.last_day, c.locator)) for _, periods in sorted(found.items())]


def _unknown(release: ReleaseView, codes: Sequence[CodeAt]) -> list[Finding]:
    import pyarrow as pa
    import pyarrow.compute as pc

    by_code = _by_code(codes)
    if not by_code:
        return []
    wanted = pa.array([periods[0].code for periods in by_code])
    table = release.observations.select(["area_code", "locator"])
    table = table.filter(pc.is_in(table["area_code"].cast(pa.string()), wanted))
    if len(by_code) > FINDINGS_OF_A_CHECK:
        everywhere = Texts(table["locator"].combine_chunks())
        first = _of_no_list(by_code[0][0], everywhere[:1])
        return [stands_for(first, len(by_code), everywhere, everywhere)]
    cells: dict[str, list[str]] = defaultdict(list)
    for code, locator in zip(table["area_code"].to_pylist(), table["locator"].to_pylist(), strict=True):
        cells[code].append(locator)
    return [_of_no_list(periods[0], cells[periods[0].code]) for periods in by_code]


def _of_no_list(one: CodeAt, locators: Sequence[str]) -> Finding:
    message = (
        f"{one.locator}: {one.code} ({one.name}) is not in any list of areas of its kind since 2009. Add "
        "it to the area register (data_contracts/geography) with the order that made it, if it is new."
    )
    return Finding(
        "V-04",
        message,
        locators[0],
        locators[:CELLS_OF_A_FINDING],
        disputes=locators,
        area_code=one.code,
        observed=one.code,
        expected="a code of the area register",
    )


def _outside(periods: Sequence[CodeAt]) -> Finding:
    """A warning about one code, with the first cell of the first period and the extent."""
    first, last, register = periods[0], periods[-1], AreaRegister.shipped()
    area = register.find(first.code)
    if area is None or area.valid_to is None:
        message = (
            f"{first.locator}: {first.code} ({first.name}) is not among the codes of its kind held here, which do not "
            "go back to the start of the coding, so it is not known whether it was in force."
        )
        expected = "a code of the area register"
    else:
        heirs = [step.new for step in register.successors(first.code)]
        n_figures = sum(found.n_figures for found in periods)
        until = f" to {day_name(last.last_day)}" if last.last_day != first.last_day else ""
        message = (
            f"{first.locator}: {first.code} ({first.name}) ended on {day_name(area.valid_to)}, but has "
            f"{counted(n_figures, 'figure')} for periods that end on {day_name(first.last_day)}{until}"
            f"{'; it was followed by ' + ' and '.join(heirs) if heirs else ''}."
        )
        expected = " or ".join(heirs) or f"no figure after {area.valid_to}"
    return Finding(
        "V-04",
        message,
        first.locator,
        [found.locator for found in periods][:CELLS_OF_A_FINDING],
        severity="warning",
        area_code=first.code,
        period_start=str(first.first_day),
        period_end=str(first.last_day),
        observed=first.code,
        expected=expected,
    )


def misnamed(release: ReleaseView, besides: Iterable[str]) -> list[Finding]:
    """V-05 against the register: codes with a name that the register does not have for them.

    Args:
        release: Its observations are looked at.
        besides: Codes that already have a finding.
    """
    register, known = AreaRegister.shipped(), set(besides)
    # Of each code the row that comes first in the file.
    firsts = {found.code: found for found in reversed(release.derived(area_codes_of))}.values()
    odd = [
        (found, area)
        for found in firsts
        if (area := register.find(found.code)) is not None
        and found.code not in known
        and found.name
        and not register.called(found.code, found.name)
    ]
    return findings_from(odd, lambda pair: _misnamed(*pair), lambda pair: pair[0].locator)


def _misnamed(found: CodeAt, area: AreaFacts) -> Finding:
    named = AreaRegister.shipped().by_name(found.name, None, found.last_day)
    fits = [other for other in named if other.type == area.type]
    also = f"; that is the name of {' and '.join(other.code for other in fits)}" if fits else ""
    message = (
        f"{found.locator}: {found.code} is called {found.name!r}, which the area register calls "
        f"{area.name!r}{also}."
    )
    return Finding(
        "V-05",
        message,
        found.locator,
        [found.locator],
        severity="warning",
        area_code=found.code,
        observed=found.name,
        expected=area.name,
    )
