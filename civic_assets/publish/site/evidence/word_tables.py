"""Words for the figures of a release, as temporary tables that SQL joins.

Belongs here: wording each kind of figure, period and group once, in Python, and the order in which a page lists them.
Does not belong here: the rows of a page (`figures`).

There are a few hundred kinds, periods and groups among millions of figures, so that pages can be made by SQL and yet
say everything as the rest of the site does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.listing import DECIMALS_SHOWN
from civic_assets.publish.site.addresses import glossary_entry
from civic_assets.publish.site.glossary.vocabulary import status_words, statuses_in_words
from civic_assets.publish.site.titles import title_of, written_out
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind
from civic_assets.values.plain_words import kind_name, measure_words, unit_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# How a count of events, a stock and a mean are told apart in a heading.
_STATISTICS = {"stock": "at a point in time", "mean_of_stocks": "average over the period"}
_CHANGES = {"percent": "percentage change", "percentage_points": "change in percentage points"}


def create_words(connection: DuckDBPyConnection, glossary: str) -> None:
    """Make the temporary tables of words, if the connection does not have them, and the macros that write values.

    Args:
        connection: The read model.
        glossary: What leads from a page of evidence to the report's folder, for links to the glossary; empty without a
            glossary.
    """
    _macros(connection)
    if connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'evidence_kinds'").fetchone():
        return
    _statuses(connection, glossary)
    counted = dict(connection.execute("SELECT measure, unit_of_count FROM catalogue.measures").fetchall())
    kinds = connection.execute(
        "SELECT DISTINCT measure, unit, statistic, period_kind FROM harmonised.observations ORDER BY ALL"
    ).fetchall()
    _table(
        connection,
        "evidence_kinds(measure VARCHAR, unit VARCHAR, statistic VARCHAR, period_kind VARCHAR, words VARCHAR, "
        "place INTEGER)",
        [
            (*kind, escape(heading(kind[0], kind[1], kind[2], counted.get(kind[0]))), place)
            for place, kind in enumerate(kinds)
        ],
    )
    periods = connection.execute(
        "SELECT DISTINCT period_start, period_end, period_kind FROM harmonised.observations ORDER BY ALL"
    ).fetchall()
    _table(
        connection,
        "evidence_periods(period_start DATE, period_end DATE, period_kind VARCHAR, words VARCHAR, within VARCHAR)",
        [
            (start, end, kind, _first_up(words), words)
            for start, end, kind in periods
            for words in (escape(spoken(start, end, PeriodKind(kind))),)
        ],
    )
    groups = [
        row[0]
        for row in connection.execute("SELECT DISTINCT breakdown FROM harmonised.observations").fetchall()
    ]
    _table(
        connection,
        "evidence_groups(breakdown VARCHAR, words VARCHAR, place INTEGER)",
        [
            (group, escape(group_words(group)), place)
            for place, group in enumerate(sorted(groups, key=_natural))
        ],
    )


def heading(measure: str, unit: str, statistic: str, unit_of_count: str | None) -> str:
    """Heading of the figures of one kind.

    Example:
        >>> heading("burglary", "count", "flow", "offences")
        'Burglary: number of offences'
        >>> heading("burglary", "per_1000_population", "rate", "offences")
        'Burglary: per 1,000 population'
        >>> heading("burglary", "percent", "change", "offences")
        'Burglary: percentage change'
    """
    number = f"number of {unit_of_count}" if unit_of_count else "number"
    what = number if unit == "count" else unit_words(unit)
    if statistic == "change":
        what = _CHANGES.get(unit, f"change, {what}")
    more = f", {_STATISTICS[statistic]}" if statistic in _STATISTICS else ""
    short = measure.endswith("_percent") and unit.startswith("percent")
    name = _first_up(measure_words(measure.removesuffix("_percent"))) if short else title_of(measure)
    return f"{name}: {what}{more}"


def unit_words(unit: str) -> str:
    """A unit in words: `per_10000_children` as `per 10,000 children`."""
    return unit_name(re.sub(r"(?<=_)[0-9]{4,}(?=_)", lambda number: f"{int(number[0]):,}", unit))


def group_words(breakdown: str) -> str:
    """The group that a figure counts; a total is `all`, and a bare number gets its name.

    Example:
        >>> group_words("age=10;sex=female")
        'Age 10, female'
        >>> group_words("major=burglary;minor=res burglary of a home")
        'Burglary, residential burglary of a home'
    """
    if breakdown == "total":
        return "All"
    words = []
    for part in breakdown.split(";"):
        name, _, value = part.partition("=")
        shown = written_out((value or name).replace("_", " "))
        words.append(
            f"{kind_name(name)} {shown}" if value and value[0] in "0123456789" and len(value) < 8 else shown
        )
    return _first_up(", ".join(dict.fromkeys(words)))


def explained(words: str, entry: str, style: str, glossary: str) -> str:
    """Words as HTML, with a link to their entry in the glossary.

    Args:
        words: The words.
        entry: Word of the glossary.
        style: Class of the element.
        glossary: As for `create_words`.
    """
    if not glossary:
        return f'<span class="{style}">{escape(words)}</span>'
    return f'<a class="{style}" href="{escape(glossary + glossary_entry(entry))}">{escape(words)}</a>'


def escaped_sql(text: str) -> str:
    """SQL expression of a text as HTML, also for an attribute; null becomes empty."""
    written = f"coalesce({text}, '')"
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        written = f"replace({written}, '{sign}', '{entity}')"
    # Most texts have none of these signs, and looking for them once is quicker.
    return f"CASE WHEN regexp_matches({text}, '[<>&\"]') THEN {written} ELSE coalesce({text}, '') END"


def _macros(connection: DuckDBPyConnection) -> None:
    """Macros that write numbers as `civic_assets.quality.framework.wording.figure` does."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP MACRO evidence_decimals(number) AS
        CASE WHEN rtrim(rtrim(format('{{:,.{DECIMALS_SHOWN}f}}', number), '0'), '.') IN ('0', '-0')
            THEN format('{{:.{DECIMALS_SHOWN}g}}', number)
            ELSE rtrim(rtrim(format('{{:,.{DECIMALS_SHOWN}f}}', number), '0'), '.') END"""
    )
    connection.execute(
        """CREATE OR REPLACE TEMP MACRO evidence_number(number) AS
        CASE WHEN number = 0 THEN replace(number::VARCHAR, '.0', '') WHEN number = trunc(number) THEN
            CASE WHEN abs(number) < 1e15 THEN format('{:,}', number::BIGINT) ELSE format('{:,.0f}', number) END
        ELSE evidence_decimals(number) END"""
    )


def _statuses(connection: DuckDBPyConnection, glossary: str) -> None:
    known = connection.execute(
        "SELECT DISTINCT status FROM harmonised.observations WHERE status IS NOT NULL"
    ).fetchall()
    links = {
        status: explained(status_words(status), status, "status", glossary)
        for status in {*statuses_in_words(), *(row[0] for row in known)}
    }
    _table(connection, "evidence_statuses(status VARCHAR, words VARCHAR)", sorted(links.items()))


def _table(connection: DuckDBPyConnection, declared: str, rows: Sequence[Iterable[Any]]) -> None:
    import pyarrow as pa

    name, _, columns = declared.partition("(")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name}({columns}")
    if not rows:
        return
    arrays = [pa.array(column) for column in zip(*rows, strict=True)]
    connection.register(
        "evidence_rows", pa.table(arrays, names=[f"c{number}" for number in range(len(arrays))])
    )
    try:
        connection.execute(f"INSERT INTO {name} FROM evidence_rows")
    finally:
        connection.unregister("evidence_rows")


def _natural(text: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """Order in which people expect groups: the total first, and age 9 before age 10."""
    runs = re.findall("[0-9]+|[^0-9]+", text)
    return text != "total", [
        (run[0] in "0123456789", int(run) if run[0] in "0123456789" else 0, run) for run in runs
    ]


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
