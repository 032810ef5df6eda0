"""From the words for a measure, an area and a period to one full figure name, or to the possible choices.

Belongs here: matching without regard to case, suggestions for typing errors, periods in words, and defaults for what is
left out (source, breakdown, unit). Does not belong here: exact names (`civic_assets.publish.read_model.locate`), names
of areas (`civic_assets.publish.queries.area_words`) and the wordings of periods (`civic_assets.values.period_choice`).

Among several figures a choice is made by four rules only, which the answer shows: the total before its parts, a count
before rates, the usual statistic before others, the newest issue before older ones. Everything else left open is asked
back. In particular a group is never taken for the total, even if it is the only one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.harmonise.figures.names import (
    COUNT,
    TOTAL,
    FigureName,
    days_of,
    id_parts,
    name_parts,
    usual_statistic,
)
from civic_assets.house_numbers.display import GROUPS_OF_A_NAME, NAMES_PUBLISHED, PERIODS_OF_A_NAME
from civic_assets.publish.queries.area_words import alike, areas_called, not_there
from civic_assets.publish.read_model.locate import EVERY_ISSUE, AsOf, locate_one, name_of_id
from civic_assets.values.cells import label
from civic_assets.values.period_choice import FORMS, is_period, meanings
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """A request in the user's words; None for what it leaves open.

    Args:
        area: Code, partnership code, or name as printed.
        period: START/END, or words such as `2024`, `ye dec 2024`, `2023/24`.
    """

    measure: str
    area: str
    period: str
    breakdown: str | None = None
    unit: str | None = None
    statistic: str | None = None
    source: str | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    source: str
    measure: str
    breakdown: str
    unit: str
    statistic: str
    area_code: str
    area_name: str
    area_type: str
    start: date
    end: date
    kind: str
    newest: bool
    in_release: bool
    rank: int

    def name(self, release: str | None = None) -> FigureName:
        return FigureName(
            self.source, self.measure, self.area_code, self.start, self.end,
            self.breakdown, self.unit, self.statistic, release,
        )  # fmt: skip


def asked(text: str) -> FigureQuery:
    """The request that a figure name makes; words may be in any case and the period in any wording.

    Raises:
        UsageError: The text does not have the form of a name.
    """
    parts = name_parts(text.strip())
    return FigureQuery(
        parts.measure.strip(), parts.area.strip(), parts.period.strip(), parts.breakdown, parts.unit,
        parts.statistic, parts.source.strip(), parts.release,
    )  # fmt: skip


def row_of_text(connection: DuckDBPyConnection, text: str, as_of: AsOf = EVERY_ISSUE) -> int:
    """The row of `harmonised.observations` that a name or a figure id refers to.

    Raises:
        NotPublished: There is no such figure.
        AmbiguousFigure: Several figures match.
        UsageError: The text does not have the form of a name.
    """
    found = id_parts(text.strip())
    if found is None:
        return row_of(connection, asked(text), as_of)
    name = name_of_id(connection, *found)
    if name is None:
        raise NotPublished(
            f"No published figure has the id {found[0]}. Ids are in the column figure_id of harmonised.latest."
        )
    return _only_row(connection, name.completed, as_of)


def row_of(connection: DuckDBPyConnection, wanted: FigureQuery, as_of: AsOf = EVERY_ISSUE) -> int:
    """The row that a request refers to; raises the same errors as `row_of_text`."""
    exact = _as_written(wanted)
    if exact is not None:
        found = locate_one(connection, exact, as_of)
        if found and found[1] == 1:
            return found[0]
    return _only_row(connection, resolve(connection, wanted), as_of)


def resolve(connection: DuckDBPyConnection, wanted: FigureQuery) -> FigureName:
    """The full name of the figure that a request refers to, in any issue; raises the same errors as `row_of_text`."""
    measure = _measure(connection, wanted.measure)
    everywhere = _candidates(connection, measure, wanted)
    if not everywhere:
        raise NotPublished(not_there(connection, measure, wanted.area))
    best = min(one.rank for one in everywhere)
    there = [one for one in everywhere if one.rank == best]
    there = _of_word(there, wanted.source, lambda one: one.source, "source", wanted)
    there = _of_period(there, wanted)
    if wanted.breakdown is not None:
        there = _of_breakdown(there, wanted.breakdown, wanted)
    there = _of_word(there, wanted.unit, lambda one: one.unit, "unit", wanted)
    there = _of_word(there, wanted.statistic, lambda one: one.statistic, "statistic", wanted)
    if len({one.area_code for one in there}) > 1:
        raise _several_areas(there, wanted)
    if wanted.breakdown is None and any(one.breakdown == TOTAL for one in there):
        there = [one for one in there if one.breakdown == TOTAL]
    if wanted.unit is None and any(one.unit == COUNT for one in there):
        there = [one for one in there if one.unit == COUNT]
    if wanted.statistic is None:
        usual = [one for one in there if one.statistic == usual_statistic(one.unit, one.start, one.end)]
        there = usual or there
    no_total = wanted.breakdown is None and there[0].breakdown != TOTAL
    if no_total or len({one.name() for one in there}) > 1:
        raise _ambiguous(there, wanted)
    return there[0].name(wanted.release)


def _as_written(wanted: FigureQuery) -> FigureName | None:
    """The name as written, if it is complete and exact."""
    days = days_of(wanted.period)
    if days is None:
        return None
    return FigureName(
        wanted.source or "", wanted.measure, wanted.area, *days,
        TOTAL if wanted.breakdown is None else wanted.breakdown,
        wanted.unit, wanted.statistic, wanted.release,
    )  # fmt: skip


def _only_row(connection: DuckDBPyConnection, name: FigureName, as_of: AsOf) -> int:
    found = locate_one(connection, name, as_of)
    if found:
        return found[0]
    raise NotPublished(_no_issue(connection, name, as_of))


def _measure(connection: DuckDBPyConnection, text: str) -> str:
    rows = connection.execute("SELECT DISTINCT measure FROM harmonised.observations").fetchall()
    published: list[str] = sorted(name for (name,) in rows)
    if text in published:
        return text
    word = re.sub(r"[\s_-]+", "_", label(text))
    for name in published:
        if label(name) == word:
            return name
    close = alike(word, published)
    hint = (
        f"Did you mean {' or '.join(close)}?"
        if close
        else f"Published are: {', '.join(published[:NAMES_PUBLISHED])}"
        f"{' ...' if len(published) > NAMES_PUBLISHED else ''}."
    )
    raise NotPublished(f"No figure is published for the measure {text!r}. {hint}")


def _candidates(connection: DuckDBPyConnection, measure: str, wanted: FigureQuery) -> list[_Candidate]:
    """Figures of a measure in the areas that a text can mean: an area with that code first, then names."""
    ranks = areas_called(connection, measure, wanted.area)
    rows = connection.execute(
        """SELECT source, measure, breakdown, unit, statistic, area_code, max_by(area_name, release_order),
            max_by(area_type, release_order), period_start, period_end, min(period_kind), bool_or(newest),
            bool_or(release = $release) IS TRUE
        FROM harmonised.observations
        WHERE measure = $measure AND area_code IN (SELECT unnest($codes::VARCHAR[]))
        GROUP BY source, measure, breakdown, unit, statistic, area_code, period_start, period_end
        ORDER BY source, area_code, period_end DESC, period_start, breakdown, unit, statistic""",
        {"measure": measure, "codes": list(ranks), "release": wanted.release},
    ).fetchall()
    return [_Candidate(*(*row, ranks[row[5]])) for row in rows]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _of_word(
    there: list[_Candidate], word: str | None, of: Callable[[_Candidate], str], what: str, wanted: FigureQuery
) -> list[_Candidate]:
    """Candidates in which one column equals a word, in any case."""
    if not word:
        return there
    found = [one for one in there if of(one) == word]
    found = found or [one for one in there if label(of(one)) == re.sub(r"[\s-]+", "_", label(word))]
    if found:
        return found
    known = sorted({of(one) for one in there})
    close = alike(label(word), known)
    hint = f"did you mean {' or '.join(close)}?" if close else f"use {_either(known)}."
    raise NotPublished(
        f"No figure of {_words(there[0].measure)} for {there[0].area_name} ({there[0].area_code}) is published with "
        f"the {what} {word!r}; {hint}"
    )


def _of_period(there: list[_Candidate], wanted: FigureQuery) -> list[_Candidate]:
    days = days_of(wanted.period)
    if days is not None:
        found = [one for one in there if (one.start, one.end) == days]
        if found:
            return found
        raise NotPublished(_no_period(there, f"{days[0]}/{days[1]}"))
    published = {(one.start, one.end): Period(one.start, one.end, PeriodKind(one.kind)) for one in there}
    read = meanings(wanted.period, published.values())
    if len(read) == 1:
        return [one for one in there if (one.start, one.end) == (read[0].start, read[0].end)]
    if read:
        found = [one for one in there if any((one.start, one.end) == (p.start, p.end) for p in read)]
        listed = " or ".join(f"{spoken(p.start, p.end, p.kind)} ({p.start}/{p.end})" for p in read)
        raise AmbiguousFigure(
            f"The period {wanted.period!r} can mean {listed}. Give the days, or one of these names:",
            _names(_offered(found, wanted), wanted),
        )
    if not is_period(wanted.period) and not re.fullmatch(r"\s*[0-9]{4}\s*", wanted.period):
        raise UsageError(f"{wanted.period!r} is not a period. Write it as {FORMS}.")
    raise NotPublished(_no_period(there, repr(wanted.period)))


def _no_period(there: Sequence[_Candidate], period: str) -> str:
    listed: dict[tuple[date, date, str], None] = {}
    for one in sorted(there, key=lambda one: (one.end, one.start), reverse=True):
        listed.setdefault(
            (one.start, one.end, f"{spoken(one.start, one.end, PeriodKind(one.kind))}, {one.source}")
        )
    shown = "; ".join(f"{start}/{end} ({what})" for start, end, what in list(listed)[:PERIODS_OF_A_NAME])
    more = f" and {len(listed) - PERIODS_OF_A_NAME:,} more" if len(listed) > PERIODS_OF_A_NAME else ""
    one = there[0]
    return (
        f"No figure of {_words(one.measure)} for {one.area_name} ({one.area_code}) is published for the period "
        f"{period}. Write a period as START/END, where END is the day after the last. Published: {shown}{more}."
    )


def _of_breakdown(there: list[_Candidate], breakdown: str, wanted: FigureQuery) -> list[_Candidate]:
    found = [one for one in there if one.breakdown == breakdown]
    found = found or [one for one in there if _group(one.breakdown) == _group(breakdown)]
    if found:
        return found
    nearest = _nearest(_offered(there, wanted), breakdown)
    choices = list(dict.fromkeys(str(one.name(_release(one, wanted))) for one in nearest))
    these = (
        f"The nearest of {len(choices):,} figures are" if len(choices) > GROUPS_OF_A_NAME else "Use one of"
    )
    raise AmbiguousFigure(
        f"No figure of {_words(there[0].measure)} is published for the group {breakdown!r}. {these}:",
        choices,
        GROUPS_OF_A_NAME,
    )


def _nearest(there: list[_Candidate], breakdown: str) -> list[_Candidate]:
    """Groups that contain the words of the request first, and wide groups before narrow ones."""
    from rapidfuzz import fuzz

    word = label(breakdown)
    return sorted(
        there,
        key=lambda one: (
            -fuzz.partial_ratio(word, label(one.breakdown)), one.breakdown.count(";"), one.breakdown, one.area_code,
        ),
    )  # fmt: skip


def _group(breakdown: str) -> frozenset[str]:
    """A group regardless of case and of the order of its parts."""
    parts = (re.sub(r"\s*=\s*", "=", label(part)) for part in breakdown.split(";"))
    return frozenset(part for part in parts if part)


def _current(there: list[_Candidate], wanted: FigureQuery) -> list[_Candidate]:
    """Groups in the requested release, or else in the newest issues; all groups if there are none there."""
    chosen = [one for one in there if (one.in_release if wanted.release else one.newest)]
    return chosen or there


def _offered(there: list[_Candidate], wanted: FigureQuery) -> list[_Candidate]:
    """Choices that differ only in what is left open: from current issues, with counts and totals by default."""
    there = _current(there, wanted)
    counts = [one for one in there if one.unit == COUNT]
    there = counts if counts and wanted.unit is None else there
    totals = [one for one in there if one.breakdown == TOTAL]
    return totals if totals and wanted.breakdown is None else there


def _several_areas(there: list[_Candidate], wanted: FigureQuery) -> AmbiguousFigure:
    areas = sorted({(one.area_name, one.area_code, one.area_type.replace("_", " ")) for one in there})
    offered = _offered(there, wanted)
    # Without totals, the names of all groups of all areas would obscure the question.
    show = wanted.breakdown is not None or all(one.breakdown == TOTAL for one in offered)
    return AmbiguousFigure(
        f"{len(areas)} areas are called {wanted.area!r}: "
        f"{_either((f'{name} ({code}, {kind})' for name, code, kind in areas), 'and')}. "
        + ("Give a code, or one of these names:" if show else "Give a code."),
        _names(offered, wanted),
        None if show else 0,
    )


def _ambiguous(there: list[_Candidate], wanted: FigureQuery) -> AmbiguousFigure:
    one = there[0]
    choices = _names(_current(there, wanted), wanted)
    figure = (
        f"{_words(one.measure)} for {one.area_name} ({one.area_code}), "
        f"{spoken(one.start, one.end, PeriodKind(one.kind))},"
    )
    sources = {other.source for other in there}
    if len(sources) > 1:
        return AmbiguousFigure(
            f"{figure} is published by {_either(sorted(sources), 'and')}. Add --source, or give one of these names:",
            choices,
        )
    if any(other.breakdown != TOTAL for other in there):
        groups = (
            "1 group. Give its name"
            if len(choices) == 1
            else f"{len(choices):,} groups. Give one of these names"
        )
        return AmbiguousFigure(f"{figure} has no total: {one.source} publishes {groups}:", choices)
    return AmbiguousFigure(
        f"{figure} is published in several units, none of them a count. Add --unit, or give one of these names:",
        choices,
    )


def _names(there: Iterable[_Candidate], wanted: FigureQuery) -> list[str]:
    """Full names of candidates, with wide groups before groups of several characteristics."""
    ordered = sorted(there, key=lambda one: (one.breakdown != TOTAL, one.breakdown.count(";"), one.breakdown))
    return list(dict.fromkeys(str(one.name(_release(one, wanted))) for one in ordered))


def _release(one: _Candidate, wanted: FigureQuery) -> str | None:
    return wanted.release if one.in_release else None


def _either(words: Iterable[str], joined: str = "or") -> str:
    listed = list(words)
    return f" {joined} ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)


def _no_issue(connection: DuckDBPyConnection, name: FigureName, as_of: AsOf) -> str:
    """Why an existing figure is not in that release, or was not available on that day."""
    rows = connection.execute(
        """SELECT o.release, r.available_from, r.available_from_basis, r.retrieved_at[:10]
        FROM harmonised.observations o LEFT JOIN catalogue.releases r USING (source, release)
        WHERE o.source = ? AND o.measure = ? AND o.breakdown = ? AND o.unit = ? AND o.statistic = ?
            AND o.area_code = ? AND o.period_start = ? AND o.period_end = ? ORDER BY o.release_order""",
        [
            name.source, name.measure, name.breakdown, name.completed.unit, name.completed.statistic, name.area,
            name.start, name.end,
        ],
    ).fetchall()  # fmt: skip
    figure = replace(name, release=None)
    releases = [row[0] for row in rows]
    if not releases:
        return (
            f"No figure is published with the name {figure}. Check its parts with: civic-assets trace --help"
        )
    if name.release and name.release not in releases:
        return f"{figure} is not in the release {name.release}. Choose {_either(releases)}."
    first = next(row for row in rows if name.release in (None, row[0]))
    what = f"the release {name.release}" if name.release else f"its first issue here, {first[0]},"
    if as_of.published and (first[1] is None or first[1] > as_of.published):
        return (
            f"{figure} was not yet published on {as_of.published}: {what} was published on {first[1]} "
            f"({how_known(first[2])})."
        )
    return (
        f"{figure} was not yet received on {as_of.received}: {what} was received on {first[3]}. "
        f"It was published on {first[1]} ({how_known(first[2])}); use --as-of for what was published by a day."
    )


_HOW_KNOWN = {
    "stated": "the publisher states this day",
    "expected": "the file states no day; this is the end of its latest period plus the usual delay of the source",
    "received": "the file states no day; this is the day it was received",
}


def how_known(basis: str | None) -> str:
    """A clause that says how a release's publication day is known."""
    return _HOW_KNOWN.get(basis or "", "the publication day is unknown")
