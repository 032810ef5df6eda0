"""From the words for a measure, an area and a period to one full figure name, or to the possible choices.

Belongs here: matching without regard to case, suggestions for typing errors, periods in words, and defaults for what
is left out (source, breakdown, unit). Does not belong here: the questions that are asked back (`figure_questions`),
exact names (`civic_assets.publish.read_model.locate`), names of areas (`civic_assets.publish.queries.area_words`) and
the wordings of periods (`civic_assets.values.period_choice`).

Among several figures a choice is made by four rules only, which the answer shows: the total before its parts, a count
before rates, the usual statistic before others, the newest issue before older ones. Everything else left open is
asked back. In particular a group is never taken for the total, even if it is the only one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.harmonise.figures.names import COUNT, TOTAL, FigureName, days_of, id_parts, usual_statistic
from civic_assets.house_numbers.display import NAMES_PUBLISHED
from civic_assets.house_numbers.listing import EXAMPLES_NAMED
from civic_assets.publish.queries.area_words import alike, areas_called, not_there
from civic_assets.publish.queries.figure_absence import no_issue, no_period
from civic_assets.publish.queries.figure_candidates import Candidate, measure_words, offered
from civic_assets.publish.queries.figure_query import FigureQuery, asked
from civic_assets.publish.queries.figure_questions import (
    either,
    names_of,
    no_such_group,
    several_areas,
    several_figures,
)
from civic_assets.publish.read_model.locate import EVERY_ISSUE, AsOf, locate_one, name_of_id
from civic_assets.values.cells import label
from civic_assets.values.period_choice import FORMS, is_period, meanings
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


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
        raise several_areas(there, wanted)
    if wanted.breakdown is None and any(one.breakdown == TOTAL for one in there):
        there = [one for one in there if one.breakdown == TOTAL]
    if wanted.unit is None and any(one.unit == COUNT for one in there):
        there = [one for one in there if one.unit == COUNT]
    if wanted.statistic is None:
        usual = [one for one in there if one.statistic == usual_statistic(one.unit, one.start, one.end)]
        there = usual or there
    no_total = wanted.breakdown is None and there[0].breakdown != TOTAL
    if no_total or len({one.name() for one in there}) > 1:
        raise several_figures(there, wanted)
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
    raise NotPublished(no_issue(connection, name, as_of))


def _measure(connection: DuckDBPyConnection, text: str) -> str:
    rows = connection.execute("SELECT DISTINCT measure FROM harmonised.observations").fetchall()
    published: list[str] = sorted(name for (name,) in rows)
    if text in published:
        return text
    word = re.sub(r"[\s_-]+", "_", label(text))
    for name in published:
        if label(name) == word:
            return name
    close = _beginning_with(connection, word, published) or alike(word, published)
    hint = (
        f"Did you mean {' or '.join(close)}?"
        if close
        else f"Published are: {', '.join(published[:NAMES_PUBLISHED])}"
        f"{' ...' if len(published) > NAMES_PUBLISHED else ''}."
    )
    raise NotPublished(f"No figure is published for the measure {text!r}. {hint}")


def _beginning_with(connection: DuckDBPyConnection, word: str, published: list[str]) -> list[str]:
    """Measures that a word is short for: that of the indicator with this name first, then those that begin with it.

    `referrals` is the beginning of several measures, and one letter short of another one, which is something else.
    """
    there = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'harmonised' AND table_name = 'indicators'"
    ).fetchone()
    named = (
        connection.execute(
            """SELECT DISTINCT measure FROM harmonised.indicator_figures
            WHERE indicator = ? AND role <> 'denominator' ORDER BY measure""",
            [word],
        ).fetchall()
        if there
        else []
    )
    beginning = [name for name in published if name.startswith(f"{word}_")]
    found = [name for (name,) in named if name in published]
    return list(dict.fromkeys([*found, *beginning]))[:EXAMPLES_NAMED]


def _candidates(connection: DuckDBPyConnection, measure: str, wanted: FigureQuery) -> list[Candidate]:
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
    return [Candidate(*(*row, ranks[row[5]])) for row in rows]


def _of_word(
    there: list[Candidate], word: str | None, of: Callable[[Candidate], str], what: str, wanted: FigureQuery
) -> list[Candidate]:
    """Candidates in which one column equals a word, in any case."""
    if not word:
        return there
    found = [one for one in there if of(one) == word]
    found = found or [one for one in there if label(of(one)) == re.sub(r"[\s-]+", "_", label(word))]
    if found:
        return found
    known = sorted({of(one) for one in there})
    close = alike(label(word), known)
    hint = f"did you mean {' or '.join(close)}?" if close else f"use {either(known)}."
    raise NotPublished(
        f"No figure of {measure_words(there[0].measure)} for {there[0].area_name} ({there[0].area_code}) is published "
        f"with the {what} {word!r}; {hint}"
    )


def _of_period(there: list[Candidate], wanted: FigureQuery) -> list[Candidate]:
    days = days_of(wanted.period)
    if days is not None:
        found = [one for one in there if (one.start, one.end) == days]
        if found:
            return found
        raise NotPublished(no_period(there, f"{days[0]}/{days[1]}"))
    published = {(one.start, one.end): Period(one.start, one.end, PeriodKind(one.kind)) for one in there}
    read = meanings(wanted.period, published.values())
    if len(read) == 1:
        return [one for one in there if (one.start, one.end) == (read[0].start, read[0].end)]
    if read:
        found = [one for one in there if any((one.start, one.end) == (p.start, p.end) for p in read)]
        listed = " or ".join(f"{spoken(p.start, p.end, p.kind)} ({p.start}/{p.end})" for p in read)
        raise AmbiguousFigure(
            f"The period {wanted.period!r} can mean {listed}. Give the days, or one of these names:",
            names_of(offered(found, wanted), wanted),
        )
    if not is_period(wanted.period) and not re.fullmatch(r"\s*[0-9]{4}\s*", wanted.period):
        raise UsageError(f"{wanted.period!r} is not a period. Write it as {FORMS}.")
    raise NotPublished(no_period(there, repr(wanted.period)))


def _of_breakdown(there: list[Candidate], breakdown: str, wanted: FigureQuery) -> list[Candidate]:
    found = [one for one in there if one.breakdown == breakdown]
    found = found or [one for one in there if _group(one.breakdown) == _group(breakdown)]
    if found:
        return found
    raise no_such_group(there, breakdown, wanted)


def _group(breakdown: str) -> frozenset[str]:
    """A group regardless of case and of the order of its parts."""
    parts = (re.sub(r"\s*=\s*", "=", label(part)) for part in breakdown.split(";"))
    return frozenset(part for part in parts if part)
