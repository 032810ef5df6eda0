"""What is wrong with the rows of a postcode directory, found with one reading of its columns.

Belongs here: the unfit rows of each kind, with their number and the first of them. Does not belong here: what follows
for the release (`quality.rules.postcodes`), and what the cells mean (`harmonise.areas.postcodes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.postcodes import CODES, COLUMNS, FORM, cleaned
from civic_assets.house_numbers.listing import FINDINGS_OF_A_CHECK
from civic_assets.parsing.row_texts import row_texts
from civic_assets.quality.framework.release import ReleaseView

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE = "postcodes"


@dataclass(frozen=True, slots=True)
class Unfit:
    """Rows that are unfit for one reason.

    Args:
        number: How many there are.
        first: Row as a person counts it, postcode and cell as printed, of the first ones.
    """

    number: int
    first: Sequence[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class JudgedPostcodes:
    """The rows of a directory.

    Args:
        rows: Number of rows.
        malformed: Postcodes of another form.
        repeated: Postcodes that an earlier row has.
        months: Introduced in no month, or terminated in none, by the column.
        reversed: Terminated before they were introduced.
        codes: Codes of another form or kind, by the column.
        without_area: Postcodes in use for which the directory has no authority.
    """

    rows: int
    malformed: Unfit
    repeated: Unfit
    months: Mapping[str, Unfit]
    reversed: Unfit
    codes: Mapping[str, Unfit]
    without_area: int


def postcodes_of(release: ReleaseView) -> JudgedPostcodes:
    """The rows of a release, judged one by one."""
    import duckdb

    block = release.found[TABLE]
    rows = row_texts(block, COLUMNS)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("rows", rows)
        connection.execute("CREATE TEMP VIEW filled AS FROM rows WHERE trim(postcode::VARCHAR) <> ''")
        connection.execute(f"CREATE TEMP VIEW fit AS {cleaned('filled')}")
        (number,) = connection.execute("SELECT count(*) FROM filled").fetchone() or (0,)
        (none,) = (
            connection.execute(
                "SELECT count(*) FROM fit WHERE authority_code IS NULL AND terminated IS NULL"
            ).fetchone()
            or (0,)
        )
        return JudgedPostcodes(
            rows=number,
            malformed=_unfit(
                connection,
                "filled",
                f"NOT regexp_full_match(upper(trim(postcode::VARCHAR)), '{FORM}')",
                "postcode::VARCHAR",
            ),
            repeated=_repeated(connection),
            months={
                "introduced": _months(connection, "introduced", "true"),
                "terminated": _months(connection, "terminated", "trim(terminated::VARCHAR) <> ''"),
            },
            reversed=_unfit(connection, "fit", "terminated < introduced", "strftime(terminated, '%Y%m')"),
            codes={name: _codes(connection, name, kinds) for name, kinds in CODES.items()},
            without_area=none,
        )


def _unfit(connection: DuckDBPyConnection, table: str, condition: str, cell: str) -> Unfit:
    (number,) = connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone() or (0,)
    if not number:
        return Unfit(0, ())
    return Unfit(
        number,
        connection.execute(
            f"SELECT row_number, postcode::VARCHAR, {cell} FROM {table} WHERE {condition} ORDER BY row_number LIMIT ?",
            [FINDINGS_OF_A_CHECK],
        ).fetchall(),
    )


def _distinct(connection: DuckDBPyConnection, column: str, condition: str) -> list[str]:
    """The distinct cells of a column for which something holds: far fewer than rows."""
    found = connection.execute(
        f"SELECT text FROM (SELECT DISTINCT trim({column}::VARCHAR) AS text FROM filled) WHERE {condition}"
    )
    return [text for (text,) in found.fetchall()]


def _among(connection: DuckDBPyConnection, column: str, texts: Sequence[str], condition: str) -> Unfit:
    if not texts:
        return Unfit(0, ())
    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    cell = f"trim({column}::VARCHAR)"
    return _unfit(connection, "filled", f"{condition} AND {cell} IN ({listed})", cell)


def _months(connection: DuckDBPyConnection, column: str, condition: str) -> Unfit:
    wrong = _distinct(
        connection, column, "NOT regexp_full_match(text, '(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])')"
    )
    return _among(connection, column, wrong, condition)


def _codes(connection: DuckDBPyConnection, column: str, kinds: str) -> Unfit:
    # `E99999999` and its like say that there is no area; an empty cell says the same.
    wrong = _distinct(
        connection,
        column,
        "text <> '' AND NOT regexp_full_match(text, '[A-Z]99999999') AND NOT "
        f"(regexp_full_match(text, '[EWSNK][0-9]{{8}}|95[A-Z]{{2}}[0-9]{{2}}[SW][0-9]') "
        f"AND regexp_matches(text, '^(?:{kinds})'))",
    )
    return _among(connection, column, wrong, "true")


def _repeated(connection: DuckDBPyConnection) -> Unfit:
    (rows, distinct) = (
        connection.execute("SELECT count(*), count(DISTINCT postcode) FROM fit").fetchone() or (0, 0)
    )
    if rows == distinct:
        return Unfit(0, ())
    first = connection.execute(
        """SELECT row_number, postcode, earlier FROM (
            SELECT row_number, postcode, 'L' || min(row_number) OVER (PARTITION BY postcode) AS earlier,
                row_number() OVER (PARTITION BY postcode ORDER BY row_number) AS place
            FROM fit WHERE postcode IN (SELECT postcode FROM fit GROUP BY postcode HAVING count(*) > 1))
        WHERE place > 1 ORDER BY row_number LIMIT ?""",
        [FINDINGS_OF_A_CHECK],
    ).fetchall()
    return Unfit(rows - distinct, first)
