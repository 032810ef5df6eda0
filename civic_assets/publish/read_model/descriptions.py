"""The meaning of every table and column of the read model, stored in the read model itself.

Belongs here: reading `data_contracts/read_model.yaml`, the comments in `civic.duckdb`, `catalogue.tables` and
`catalogue.columns`. Does not belong here: any table of figures, and the wording of the contracts.

A column without a description is still published: no refresh fails because of a missing sentence. The tests set
`REFUSES_UNDESCRIBED`, so that it is noticed when the column is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import READ_MODEL
from civic_assets.contracts.load import DEFAULT_FOLDER, contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.errors import ContractError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.models.read_model import ColumnMeaningEntry, ReadModelMeanings

FILE = READ_MODEL.pattern
REFUSES_UNDESCRIBED = False
"""Whether a table or column without a description is an error; only tests set it."""


class MissingDescription(AssertionError):
    """A table or column of the read model has no description."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Table that has every value of a column, or of several columns together.

    Args:
        table: The other table, as `schema.name`.
        columns: Columns that identify its rows. If there are several, they have the same names in both tables.
    """

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """Meaning of a column.

    Args:
        text: A sentence or two.
        unit: Unit of its values; empty if it has none.
        example: One of its values; empty if the text is enough.
        values: All values that it can have, apart from null; empty if the text lists none, or only some. The tests
            compare every published column with it.
        references: Table that has every value of the column; None if there is no such table.
        deprecated: What to use instead, and until which version it stays; empty if it stays. The text ends with it.
    """

    text: str
    unit: str = ""
    example: str = ""
    values: tuple[str, ...] = ()
    references: Reference | None = None
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """Purpose of a table.

    Args:
        text: A sentence or two.
        row: What one row is, to follow "one row is ...".
        key: Columns that together identify its rows.
        columns: Columns with another meaning here than in other tables.
        may_be_empty: Columns that may have no value (null). Every other column always has one.
        unique: Columns each of which identifies the rows.
        deprecated: What to use instead, and until which version it stays; empty if it stays. The text ends with it.
    """

    text: str
    row: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnDescription]
    may_be_empty: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class Explanations:
    """Contents of the file.

    Args:
        tables: Tables by `schema.name`.
        columns: Columns by name.
        suffixes: Templates, by the end of a column's name.
        macros: Macros by `schema.name`.
        contract: Version, purpose, limitations and usage of what is published.
    """

    tables: Mapping[str, TableMeaning]
    columns: Mapping[str, ColumnDescription]
    suffixes: Mapping[str, str]
    macros: Mapping[str, str]
    contract: Mapping[str, str] = field(default_factory=dict)

    def of(self, column: str, table: str = "") -> ColumnDescription | None:
        """Meaning of a column, in general or in one table (`schema.name`); None if it is not described."""
        here = self.tables.get(table)
        meaning = (here.columns.get(column) if here else None) or self.columns.get(column)
        if meaning is not None:
            return meaning
        for suffix, template in self.suffixes.items():
            base = self.of(column.removesuffix(suffix), table) if column.endswith(suffix) else None
            if base is not None:
                return replace(base, text=template.format(base.text))
        return None


@cache
def explanations() -> Explanations:
    """What the file in force says."""
    return read_explanations(_file())


def explanations_sha256() -> str:
    """Hash of the file in force, so that a read model with other descriptions is stale."""
    return hashlib.sha256(_file().read_bytes()).hexdigest()


def _file() -> Path:
    """The file in the folder of contracts; if that folder has none, the one that is shipped."""
    file = contracts_folder() / FILE
    return file if file.is_file() else DEFAULT_FOLDER / FILE


def read_explanations(file: Path) -> Explanations:
    """The descriptions in a file.

    Args:
        file: A description of the read model.

    Raises:
        ContractError: The file is not such a description; names file, path and the nearest known name.
    """
    written: ReadModelMeanings = read_valid(READ_MODEL, file)
    return Explanations(
        tables={
            name: TableMeaning(
                _with_deprecation(entry.text, entry.deprecated),
                entry.row,
                tuple(entry.key),
                {column: _column(one) for column, one in (entry.columns or {}).items()},
                tuple(entry.may_be_empty or ()),
                tuple(entry.unique or ()),
                entry.deprecated or "",
            )
            for name, entry in written.tables.items()
        },
        columns={name: _column(entry) for name, entry in written.columns.items()},
        suffixes=written.suffixes,
        macros=written.macros,
        contract=written.contract.model_dump() if written.contract else {},
    )


def _column(entry: str | ColumnMeaningEntry) -> ColumnDescription:
    if isinstance(entry, str):
        return ColumnDescription(entry)
    reference = None
    if entry.references is not None:
        from civic_assets.contracts.models.read_model import table_and_columns

        table, columns = table_and_columns(entry.references)
        reference = Reference(table, columns)
    return ColumnDescription(
        _with_deprecation(entry.text, entry.deprecated),
        "" if entry.unit is None else str(entry.unit),
        "" if entry.example is None else str(entry.example),
        tuple(map(str, entry.values or ())),
        reference,
        entry.deprecated or "",
    )


def _with_deprecation(text: str, deprecated: str | None) -> str:
    """A description that also says that its table or column will go, wherever it is shown."""
    return f"{text} Deprecated: {deprecated}" if deprecated else text


def explain(connection: DuckDBPyConnection) -> list[str]:
    """Put comments on all tables, views, columns and macros, and create `catalogue.tables` and `catalogue.columns`.

    Called last, when every other table exists. A comment that is there already is not written again.

    Args:
        connection: Connection to the read model being built.

    Returns:
        One sentence for each table or column without a description.

    Raises:
        MissingDescription: There is one, and `REFUSES_UNDESCRIBED` is set.
    """
    try:
        known = explanations()
    except (ContractError, OSError) as error:
        if REFUSES_UNDESCRIBED:
            raise
        known, unread = Explanations({}, {}, {}, {}), [f"No table is described: {error}"]
    else:
        unread = []
    for statement in ("DROP TABLE IF EXISTS catalogue.tables", "DROP TABLE IF EXISTS catalogue.columns"):
        connection.execute(statement)
    connection.execute(_CREATE_TABLES)
    connection.execute(_CREATE_COLUMNS)
    tables = connection.execute(_LISTED).fetchall()
    columns = connection.execute(_LISTED_COLUMNS).fetchall()
    tables = [(*named, _count(connection, *named)) for named in tables]
    missing = [
        f"The table {schema}.{name} has no description: add it to `tables` in data_contracts/{FILE}."
        for schema, name, _, _ in tables
        if f"{schema}.{name}" not in known.tables
    ]
    missing += [
        f"The column {column} of {schema}.{name} has no description: add it to `columns` in data_contracts/{FILE}, "
        f"or to the columns of {schema}.{name} there if it has another meaning in that table."
        for schema, name, column, _ in columns
        if known.of(column, f"{schema}.{name}") is None
    ]
    if missing and REFUSES_UNDESCRIBED:
        raise MissingDescription("\n".join(missing))
    _comment(connection, known, tables, columns)
    _fill(connection, known, tables, columns)
    return unread or missing


def _count(connection: DuckDBPyConnection, schema: str, name: str, is_view: bool) -> int:
    """Number of rows of a table. That of a view is only known after a query, and `latest` takes seconds to count."""
    if is_view:
        return 0
    (number,) = connection.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchone() or (0,)
    return int(number)


def _comment(
    connection: DuckDBPyConnection,
    known: Explanations,
    tables: Sequence[tuple[str, str, bool, int]],
    columns: Sequence[tuple[str, str, str, str]],
) -> None:
    statements = []
    written = set(connection.execute(_WRITTEN).fetchall())
    for schema, name, is_view, _ in tables:
        said = known.tables.get(f"{schema}.{name}")
        if said:
            what = "VIEW" if is_view else "TABLE"
            text = f"{said.text} One row is {said.row}."
            if (schema, name, "", text) not in written:
                statements.append(f'COMMENT ON {what} "{schema}"."{name}" IS {_quoted(text)}')
    for schema, name, column, _ in columns:
        meaning = known.of(column, f"{schema}.{name}")
        if meaning:
            text = meaning.text + (f" Unit: {meaning.unit}." if meaning.unit else "")
            if (schema, name, column, text) not in written:
                statements.append(f'COMMENT ON COLUMN "{schema}"."{name}"."{column}" IS {_quoted(text)}')
    for schema, name, is_table in connection.execute(_MACROS).fetchall():
        described = known.macros.get(f"{schema}.{name}")
        if described:
            statements.append(
                f'COMMENT ON MACRO {"TABLE " if is_table else ""}"{schema}"."{name}" IS {_quoted(described)}'
            )
    connection.execute("BEGIN")
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")


def _fill(
    connection: DuckDBPyConnection,
    known: Explanations,
    tables: Sequence[tuple[str, str, bool, int]],
    columns: Sequence[tuple[str, str, str, str]],
) -> None:
    import pyarrow as pa

    described = []
    for schema, name, is_view, size in tables:
        said = known.tables.get(f"{schema}.{name}")
        own = {"catalogue.tables": len(tables), "catalogue.columns": len(columns)}
        described.append(
            {
                "schema_name": schema, "table_name": name, "table_type": "view" if is_view else "table",
                "description": said.text if said else None, "one_row_is": said.row if said else None,
                "n_rows": None if is_view else own.get(f"{schema}.{name}", size),
                "key_columns": list(said.key) if said else [],
            }
        )  # fmt: skip
    rows = []
    place: dict[tuple[str, str], int] = {}
    for schema, name, column, data_type in columns:
        place[schema, name] = place.get((schema, name), 0) + 1
        meaning = known.of(column, f"{schema}.{name}")
        rows.append(
            {
                "schema_name": schema, "table_name": name, "column_name": column, "position": place[schema, name],
                "data_type": data_type, "description": meaning.text if meaning else None,
                "unit": (meaning.unit or None) if meaning else None,
                "example": (meaning.example or None) if meaning else None,
            }
        )  # fmt: skip
    types = {"position": pa.int32(), "n_rows": pa.int64(), "key_columns": pa.list_(pa.string())}
    for target, entries in (("tables", described), ("columns", rows)):
        schema_of = pa.schema([(name, types.get(name, pa.string())) for name in entries[0]])
        connection.register("incoming", pa.Table.from_pylist(entries, schema=schema_of))
        connection.execute(f"INSERT INTO catalogue.{target} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_CREATE_TABLES = """CREATE TABLE catalogue.tables (schema_name VARCHAR, table_name VARCHAR, table_type VARCHAR,
    description VARCHAR, one_row_is VARCHAR, n_rows BIGINT, key_columns VARCHAR[])"""
_CREATE_COLUMNS = """CREATE TABLE catalogue.columns (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR,
    position INTEGER, data_type VARCHAR, description VARCHAR, unit VARCHAR, example VARCHAR)"""
_OURS = "NOT internal AND NOT temporary AND database_name = current_database()"
_LISTED = f"""SELECT schema_name, table_name, false AS is_view FROM duckdb_tables() WHERE {_OURS}
UNION ALL SELECT schema_name, view_name, true FROM duckdb_views() WHERE {_OURS} ORDER BY 1, 2"""
_LISTED_COLUMNS = f"""SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database()
  AND (schema_name, table_name) IN (SELECT (schema_name, table_name) FROM ({_LISTED}))
ORDER BY schema_name, table_name, column_index"""
_WRITTEN = """SELECT schema_name, table_name, '', comment FROM duckdb_tables() WHERE database_name = current_database()
UNION ALL SELECT schema_name, view_name, '', comment FROM duckdb_views() WHERE database_name = current_database()
UNION ALL SELECT schema_name, table_name, column_name, comment FROM duckdb_columns()
WHERE database_name = current_database()"""
_MACROS = """SELECT DISTINCT schema_name, function_name, function_type = 'table_macro' FROM duckdb_functions()
WHERE NOT internal AND database_name = current_database() AND function_type LIKE '%macro' ORDER BY ALL"""
