"""What is wrong with the rows of a postcode directory, found with one reading of its columns.

Belongs here: the unfit rows of each kind, with their number and the first of them. Does not belong here: what follows
for the release (`quality.rules.postcodes`), and what the cells mean (`harmonise.areas.postcodes`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.postcodes import CODES, COLUMNS, FORM, cleaned
from civic_assets.house_numbers.listing import FINDINGS_OF_A_CHECK
from civic_assets.house_numbers.memory import JUDGING_POSTCODES_BYTES
from civic_assets.parsing.row_texts import distinct_texts, row_texts
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

TABLE = "postcodes"
_MONTH = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")
_NO_AREA = re.compile(r"[A-Z]99999999")
_CODE = re.compile(r"[EWSNK][0-9]{8}|95[A-Z]{2}[0-9]{2}[SW][0-9]")


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
    rows = row_texts(release.found[TABLE], COLUMNS)
    with connect(config={"threads": 2, "memory_limit": f"{JUDGING_POSTCODES_BYTES}B"}) as connection:
        connection.register("rows", rows)
        connection.execute("CREATE TEMP VIEW filled AS FROM rows WHERE trim(postcode::VARCHAR) <> ''")
        connection.execute(f"CREATE TEMP VIEW fit AS {cleaned('filled')}")
        (number,) = connection.execute("SELECT count(*) FROM filled").fetchone() or (0,)
        fit, distinct, reversed_, none = connection.execute(_COUNTS).fetchone() or (0, 0, 0, 0)
        return JudgedPostcodes(
            rows=number,
            malformed=_unfit(connection, number - fit, "filled", _MALFORMED, "postcode::VARCHAR"),
            repeated=_repeated(connection) if distinct < fit else _NONE,
            months={
                "introduced": _months(connection, rows, "introduced", "true"),
                "terminated": _months(connection, rows, "terminated", "trim(terminated::VARCHAR) <> ''"),
            },
            reversed=_unfit(
                connection, reversed_, "fit", "terminated < introduced", "strftime(terminated, '%Y%m')"
            ),
            codes={name: _codes(connection, rows, name, kinds) for name, kinds in CODES.items()},
            without_area=none,
        )


_NONE = Unfit(0, ())
_MALFORMED = f"NOT regexp_full_match(upper(trim(postcode::VARCHAR)), '{FORM}')"
# Two postcodes may have one hash, which only makes the exact question be asked.
_COUNTS = """SELECT count(*), count(DISTINCT hash(postcode)), count(*) FILTER (terminated < introduced),
    count(*) FILTER (authority_code IS NULL AND terminated IS NULL) FROM fit"""


def _unfit(connection: DuckDBPyConnection, number: int, table: str, condition: str, cell: str) -> Unfit:
    """Rows for which something holds; the first of them are looked up only if there are any."""
    if not number:
        return _NONE
    first = connection.execute(
        f"SELECT row_number, postcode::VARCHAR, {cell} FROM {table} WHERE {condition} ORDER BY row_number LIMIT ?",
        [FINDINGS_OF_A_CHECK],
    ).fetchall()
    return Unfit(number, first)


def _among(connection: DuckDBPyConnection, column: str, texts: Sequence[str], condition: str) -> Unfit:
    """Rows that have one of some texts in a column."""
    if not texts:
        return _NONE
    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    cell = f"trim({column}::VARCHAR)"
    holds = f"{condition} AND {cell} IN ({listed})"
    (number,) = connection.execute(f"SELECT count(*) FROM filled WHERE {holds}").fetchone() or (0,)
    return _unfit(connection, number, "filled", holds, cell)


def _months(connection: DuckDBPyConnection, rows: pa.Table, column: str, condition: str) -> Unfit:
    wrong = [text for text in distinct_texts(rows, column) if not _MONTH.fullmatch(text)]
    return _among(connection, column, wrong, condition)


def _codes(connection: DuckDBPyConnection, rows: pa.Table, column: str, kinds: str) -> Unfit:
    # `E99999999` and its like say that there is no area; an empty cell says the same.
    own = re.compile(rf"(?:{kinds}).*")
    wrong = [
        text
        for text in distinct_texts(rows, column)
        if text and not _NO_AREA.fullmatch(text) and not (_CODE.fullmatch(text) and own.fullmatch(text))
    ]
    return _among(connection, column, wrong, "true")


def _repeated(connection: DuckDBPyConnection) -> Unfit:
    (number,) = connection.execute("SELECT count(*) - count(DISTINCT postcode) FROM fit").fetchone() or (0,)
    if not number:
        return _NONE
    first = connection.execute(
        """SELECT row_number, postcode, earlier FROM (
            SELECT row_number, postcode, 'L' || min(row_number) OVER (PARTITION BY postcode) AS earlier,
                row_number() OVER (PARTITION BY postcode ORDER BY row_number) AS place
            FROM fit WHERE postcode IN (SELECT postcode FROM fit GROUP BY postcode HAVING count(*) > 1))
        WHERE place > 1 ORDER BY row_number LIMIT ?""",
        [FINDINGS_OF_A_CHECK],
    ).fetchall()
    return Unfit(number, first)
