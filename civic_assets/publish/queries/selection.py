"""Rows of a published table that a user's words select.

Belongs here: tables, columns and conditions that a user writes, checked and passed to DuckDB as parameters. Does not
belong here: the name of a single figure (`figure_words`, `locate`), and frames (`pandas_frames`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.harmonise.figures.names import days_of
from civic_assets.house_numbers.display import CHOICES_OF_A_NAME
from civic_assets.publish.queries.area_words import alike
from civic_assets.values.cells import label
from civic_assets.values.period_choice import FORMS, meanings
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_ORDER = (
    "source", "measure", "area_code", "breakdown", "unit", "statistic", "period_start", "period_end", "release",
    "check_id", "locator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """A user's selection.

    Args:
        table: Schema and name, e.g. `harmonised.latest`.
        areas: Codes or names; all if None.
        measures: Measures; all if None.
        period: Two days or words; any if None.
        columns: Columns to return; all if None.
        where: Conditions on other columns, each with a value, several values, or None.
    """

    table: str
    areas: Sequence[str] | None = None
    measures: Sequence[str] | None = None
    period: str | None = None
    columns: Sequence[str] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)


def select(connection: DuckDBPyConnection, wanted: Selection) -> pa.Table:
    """The rows: figures by source, measure, area, group and period, others by their first column.

    Args:
        connection: Connection to a read model.
        wanted: The selection.

    Raises:
        UsageError: The table or a column does not exist, or a value or period cannot be read.
        NotPublished: A word does not occur in the table.
        AmbiguousFigure: Several areas have a name, or a period has several meanings.
    """
    import duckdb

    table = _table(connection, wanted.table)
    types = {row[0]: str(row[1]) for row in connection.execute(f"DESCRIBE {table}").fetchall()}
    columns = _columns(wanted, types)
    conditions = _Conditions(wanted.table, types)
    try:
        for name, values in wanted.where.items():
            conditions.add(name, values)
        if wanted.measures is not None:
            conditions.add("measure", _measures(connection, wanted.measures))
        if wanted.areas is not None:
            conditions.add("area_code", _areas(connection, table, conditions, wanted.areas))
        if wanted.period is not None:
            _of_period(connection, table, conditions, wanted.period)
        shown = ", ".join(f'"{name}"' for name in columns)
        order = ", ".join(f'"{name}"' for name in _ORDER if name in types) or "1"
        sql = f"SELECT {shown} FROM {table} WHERE {conditions.sql} ORDER BY {order}"
        rows: pa.Table = connection.sql(sql, params=conditions.parameters or None).to_arrow_table()
    except duckdb.ConversionException as error:
        reason = str(error).splitlines()[0].removeprefix("Conversion Error: ").partition(" when casting")[0]
        raise UsageError(
            f"A condition cannot be read: {reason}. Write numbers as 12.5, days as 2024-03-31, truth values as true."
        ) from None
    if rows.num_rows == 0:
        _explain(connection, table, conditions, wanted)
    return rows


class _Conditions:
    """Conditions on columns of a table: SQL without any of the user's words, which are parameters."""

    def __init__(self, table: str, types: Mapping[str, str]) -> None:
        self.table, self.types = table, types
        self._parts: list[str] = []
        self.parameters: list[Any] = []

    @property
    def sql(self) -> str:
        return " AND ".join(self._parts) or "true"

    def add(self, name: str, values: Any) -> None:
        """Rows whose column is one of the values; a value of None selects rows without one."""
        column = _column(name, self.types, self.table)
        listed = [values] if isinstance(values, str) or not isinstance(values, Iterable) else list(values)
        tests = [f"{column} IS NULL"] if None in listed else []
        known = [value for value in listed if value is not None]
        if known or not listed:
            kind = self.types[name]
            tests.append(f"{column} IN (SELECT unnest(?::VARCHAR[])::{kind})")
            self.parameters.append([str(value) for value in known])
        self._parts.append(f"({' OR '.join(tests)})")

    def days(self, start: Any, end: Any) -> None:
        """Rows of one period."""
        for name, day in (("period_start", start), ("period_end", end)):
            self.add(name, day)


def _table(connection: DuckDBPyConnection, name: str) -> str:
    """The table, quoted, if there is one of that name."""
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema IN ('catalogue', 'harmonised', 'quality')"
    ).fetchall()
    known = {f"{schema}.{table}": f'{schema}."{table}"' for schema, table in rows}
    if name in known:
        return known[name]
    same = [full for full in known if full.partition(".")[2] == name]
    near = same or get_close_matches(name, known, 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "catalogue.tables lists them all."
    raise UsageError(f"There is no published table {name!r}. {hint}")


def _column(name: str, types: Mapping[str, str], table: str) -> str:
    if name in types:
        return f'"{name}"'
    near = get_close_matches(name, types, 1)
    hint = f"Did you mean {near[0]}?" if near else f"Its columns are: {', '.join(types)}."
    raise UsageError(f"{table} has no column {name!r}. {hint}")


def _columns(wanted: Selection, types: Mapping[str, str]) -> list[str]:
    """Columns to show; a value always comes with its status and its quality."""
    if wanted.columns is None:
        return list(types)
    asked = [wanted.columns] if isinstance(wanted.columns, str) else list(dict.fromkeys(wanted.columns))
    for name in asked:
        _column(name, types, wanted.table)
    if "value" in asked:
        missing = [name for name in ("status", "quality") if name in types and name not in asked]
        at = asked.index("value") + 1
        asked[at:at] = missing
    return asked


def _measures(connection: DuckDBPyConnection, words: Sequence[str]) -> list[str]:
    """Names of measures from words in any case, with spaces or underscores."""
    rows = connection.execute(
        "SELECT DISTINCT measure FROM harmonised.observations UNION SELECT measure FROM catalogue.measures"
    ).fetchall()
    known = {label(name): name for (name,) in rows if name}
    measures = []
    for word in words:
        name = known.get("_".join(label(word).replace("-", " ").split()))
        if name is None:
            raise NotPublished(f"No measure is called {word!r}. {_hint(word, sorted(known.values()))}")
        measures.append(name)
    return measures


def _areas(
    connection: DuckDBPyConnection, table: str, conditions: _Conditions, words: Sequence[str]
) -> list[str]:
    """Codes of the areas that words can mean, among those that the table has under the other conditions."""
    _column("area_code", conditions.types, conditions.table)
    rows = connection.execute(
        "SELECT DISTINCT area_code, partnership_code, area_name, area_name_printed FROM harmonised.observations"
    ).fetchall()
    there = connection.execute(
        f"SELECT DISTINCT area_code FROM {table} WHERE {conditions.sql}", conditions.parameters
    ).fetchall()
    within = {code for (code,) in there}
    codes = []
    for text in words:
        word = label(text)
        ranked: dict[int, dict[str, str]] = {}
        for code, partnership, name, printed in rows:
            called = (label(code), label(partnership or ""), label(name or ""), label(printed or ""))
            if word and word in called:
                ranked.setdefault(min(called.index(word), 2), {})[code] = name
        if not ranked:
            names = [known for row in rows for known in (row[2], row[3]) if known]
            raise NotPublished(
                f"No figure is published for the area {text!r}. {_hint(text, sorted(set(names)))}"
            )
        meant = ranked[min(ranked)]
        here = {code: name for code, name in meant.items() if code in within} or meant
        if len(here) > 1:
            listed = " and ".join(f"{name} ({code})" for code, name in sorted(here.items()))
            raise AmbiguousFigure(
                f"{len(here)} areas are called {text!r}: {listed}. Give one of these codes, or all of them:",
                sorted(here),
            )
        codes += list(here)
    return codes


def _of_period(connection: DuckDBPyConnection, table: str, conditions: _Conditions, text: str) -> None:
    """The one period that words can mean among those that the table has under the other conditions."""
    for name in ("period_start", "period_end"):
        _column(name, conditions.types, conditions.table)
    days = days_of(text)
    if days is None:
        kind = "period_kind" if "period_kind" in conditions.types else "NULL"
        rows = connection.execute(
            f"SELECT DISTINCT period_start, period_end, {kind} FROM {table} WHERE {conditions.sql}",
            conditions.parameters,
        ).fetchall()
        published = [Period(a, b, PeriodKind(k)) for a, b, k in rows if a and b and k]
        read = {(period.start, period.end): period for period in meanings(text, published)}
        if len(read) > 1:
            raise AmbiguousFigure(
                f"The period {text!r} has several meanings. Write one of these:",
                [f"{a}/{b}" for a, b in sorted(read)],
            )
        if not read:
            newest = sorted({(p.end, p.start) for p in published}, reverse=True)[:CHOICES_OF_A_NAME]
            listed = ", ".join(f"{start}/{end}" for end, start in newest)
            raise NotPublished(
                f"{conditions.table} has no row for the period {text!r}. Write a period as {FORMS}. "
                f"The periods are: {listed or 'none'}."
            )
        days = next(iter(read))
    conditions.days(*days)


def _explain(connection: DuckDBPyConnection, table: str, conditions: _Conditions, wanted: Selection) -> None:
    """Name the word that the table does not have, if that is why there are no rows."""
    for name, values in wanted.where.items():
        if conditions.types[name] != "VARCHAR":
            continue
        listed = [values] if isinstance(values, str) or values is None else list(values)
        rows = connection.execute(f'SELECT DISTINCT "{name}" FROM {table} ORDER BY ALL').fetchall()
        known = [value for (value,) in rows]
        for word in listed:
            if word not in known:
                said = "absent" if word is None else repr(word)
                raise NotPublished(
                    f"{wanted.table} has no row in which {name} is {said}. "
                    f"{_hint(str(word), [value for value in known if value])}"
                )


def _hint(word: str, known: Sequence[str]) -> str:
    by_label = {label(name): name for name in known}
    close = [by_label[found] for found in alike(label(word), list(by_label))]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    more = f" and {len(known) - CHOICES_OF_A_NAME:,} more" if len(known) > CHOICES_OF_A_NAME else ""
    return f"The values are: {', '.join(known[:CHOICES_OF_A_NAME])}{more}."
