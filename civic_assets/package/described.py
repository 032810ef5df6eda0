"""The tables that a data user takes, as the published contracts describe them.

Belongs here: tables and columns as plain values, for the writers of each standard's metadata, and which tables a
package has. Does not belong here: the contracts (`civic_assets.publish.published_contracts`), and any format.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.errors import UsageError
from civic_assets.publish.published_contracts import SCHEMAS, columns_of, contract_of, views_of
from civic_assets.publish.read_model.descriptions import explanations

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHOLE_SCHEMA = "catalogue"
"""Schema whose tables are always whole: what the other tables refer to."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a published table.

    Args:
        name: Its name.
        physical: Type in DuckDB, such as `VARCHAR` or `VARCHAR[]`.
        logical: Type in the contract: string, number, integer, boolean, date, array.
        required: Whether it always has a value.
        unique: Whether each value occurs once.
        text: What it means.
        unit: Unit of its values; empty if it has none.
        values: All values that it can have; empty if they are not listed.
        deprecated: What to use instead and until when it stays; empty if it stays.
    """

    name: str
    physical: str
    logical: str
    required: bool
    unique: bool
    text: str
    unit: str
    values: tuple[str | int, ...]
    deprecated: str

    @property
    def nested(self) -> bool:
        """Whether a cell is a list, which is JSON text in CSV."""
        return self.logical in ("array", "object")


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose values are all in another table.

    Args:
        columns: Columns of this table.
        table: The other table, as `schema.name`.
        theirs: Its columns.
    """

    columns: tuple[str, ...]
    table: str
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A published table.

    Args:
        name: Its name in the read model, as `schema.name`.
        text: What it is for, and what one row is.
        key: Columns that identify its rows.
        columns: Its columns, in order.
        references: Columns whose values are all in another published table.
        deprecated: What to use instead and until when it stays; empty if it stays.
    """

    name: str
    text: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...]
    deprecated: str

    @property
    def file(self) -> str:
        """Name in the package, of files and in metadata."""
        return self.name.replace(".", "_")

    def has(self, column: str) -> bool:
        """Whether it has a column of this name."""
        return any(one.name == column for one in self.columns)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Its key if every part of it always has a value, as standards ask of a primary key; else nothing."""
        always = {one.name for one in self.columns if one.required}
        return self.key if always.issuperset(self.key) else ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into a package.

    Args:
        tables: Tables, in the order of the contracts.
        sources: Only rows of these sources; empty for all.
        left_out: Tables and views that are described and are not in the package, with the reason.
        contracts: The published contracts, by schema.
    """

    tables: tuple[Table, ...]
    sources: tuple[str, ...]
    left_out: Mapping[str, str]
    contracts: Mapping[str, Mapping[str, Any]]

    def filtered(self, table: Table) -> bool:
        """Whether only rows of some sources are taken of a table."""
        return bool(self.sources) and not table.name.startswith(f"{WHOLE_SCHEMA}.") and table.has("source")


def choose(connection: DuckDBPyConnection, tables: Collection[str], sources: Collection[str]) -> Chosen:
    """The tables of a package.

    Args:
        connection: The read model.
        tables: Names of the tables that are wanted, as `schema.name`; empty for all tables that are not views.
        sources: Sources that are wanted; empty for all.

    Raises:
        UsageError: There is no such table or source, or the read model has a column that no contract describes.
    """
    columns, views = columns_of(connection), views_of(connection)
    try:
        contracts = {schema: contract_of(schema, explanations(), columns, views) for schema in SCHEMAS}
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"The contracts of what is published do not fit this read model: {error.args[0]}. Build it again with: "
            "civic-assets refresh"
        ) from None
    every = {
        name: _table(name, entry)
        for schema, document in contracts.items()
        for entry in document["schema"]
        for name in [f"{schema}.{entry['name']}"]
    }
    _known(tables, every, "table", "tables are listed in catalogue.tables")
    named = {str(one) for (one,) in connection.execute("SELECT source FROM catalogue.sources").fetchall()}
    _known(sources, named, "source", "civic-assets sources lists them")
    left_out: dict[str, str] = {}
    kept = []
    for name, table in every.items():
        if tables and name not in tables:
            left_out[name] = "it was not asked for"
        elif not tables and name in views:
            left_out[name] = "it is a view, whose rows are made from other tables of the package"
        elif sources and not table.has("source") and not name.startswith(f"{WHOLE_SCHEMA}."):
            left_out[name] = "it is made from several sources"
        else:
            kept.append(table)
    if not kept:
        raise UsageError(
            "Nothing is left to put into the package, because every table asked for is made from several sources. "
            "Leave out --source, or name other tables with --table."
        )
    return Chosen(tuple(kept), tuple(sorted(sources)), left_out, contracts)


def within(tables: Sequence[Table], table: Table) -> list[Reference]:
    """References of a table to tables that are in the package as well.

    A reference of several columns is left out if one of them may be empty: standards do not agree what it means then.
    """
    names = {one.name for one in tables}
    always = {one.name for one in table.columns if one.required}
    return [
        one
        for one in table.references
        if one.table in names and (len(one.columns) == 1 or always.issuperset(one.columns))
    ]


def _known(asked: Collection[str], known: Collection[str], what: str, where: str) -> None:
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"There is no {what} {name!r} in this publication; {where}.{hint}")


def _table(name: str, entry: Mapping[str, Any]) -> Table:
    known = explanations().tables[name]
    schema = name.partition(".")[0]
    references = [_own(schema, one) for one in entry.get("relationships", ())]
    references += [
        _elsewhere(said["value"], rule["name"])
        for rule in entry.get("quality", ())
        for said in rule.get("customProperties", ())
        if said["property"] == "references"
    ]
    return Table(
        name,
        f"{entry['description']} {entry['dataGranularityDescription']}",
        known.key,
        tuple(map(_column, entry["properties"])),
        tuple(references),
        _custom(entry, "deprecated"),
    )


def _column(entry: Mapping[str, Any]) -> Column:
    listed = [one["arguments"]["validValues"] for one in entry.get("quality", ()) if "arguments" in one]
    return Column(
        entry["name"],
        entry["physicalType"],
        entry["logicalType"],
        bool(entry.get("required")),
        bool(entry.get("unique")),
        entry["description"],
        _custom(entry, "unit"),
        tuple(listed[0]) if listed else (),
        _custom(entry, "deprecated"),
    )


def _custom(entry: Mapping[str, Any], name: str) -> str:
    said = [str(one["value"]) for one in entry.get("customProperties", ()) if one["property"] == name]
    return said[0] if said else ""


def _own(schema: str, relationship: Mapping[str, Any]) -> Reference:
    ours, theirs = (
        [end] if isinstance(end, str) else list(end) for end in (relationship["from"], relationship["to"])
    )
    return Reference(
        tuple(one.partition(".")[2] for one in ours),
        f"{schema}.{theirs[0].partition('.')[0]}",
        tuple(one.partition(".")[2] for one in theirs),
    )


def _elsewhere(target: str, rule: str) -> Reference:
    """A reference to a table of another schema, which the contracts write as a rule in SQL."""
    table, _, columns = target.removesuffix(")").partition("(")
    own = rule.removesuffix(f" is in {table}").split(" and ")
    return Reference(tuple(own), table, tuple(columns.split(", ")))
