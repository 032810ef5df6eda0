"""The newest issue of each whole: `harmonised.latest`, and the tables that define the wholes.

Belongs here: which rows of `harmonised.observations` are the newest (`newest`), the view of them,
`catalogue.figure_classes` and `catalogue.area_grounds`. Does not belong here: what makes figures parts of one whole
(`civic_assets.harmonise.measures.wholes`), the rule that tests the view (`civic_assets.quality.published.latest`), and
successive issues (`issues`).

A whole is a source's figures of one scheme of classes, in one unit and statistic, for one ground and period. The newest
release that prints any part of it supplies all of it: a class that this release does not print is not in `latest` for
that ground and period. Grounds, periods and schemes that the newest release does not print come from the newest that
does. Counts of two forces in one place are two wholes, and both stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.figures.names import ID_COLUMNS, ID_SQL
from civic_assets.harmonise.measures.wholes import REPORTER_SQL
from civic_assets.publish.read_model.connection import create_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.areas.register import AreaRegister

_CLASSES = """source VARCHAR, release VARCHAR, measure VARCHAR, breakdown VARCHAR, family VARCHAR, scheme VARCHAR,
    class_group VARCHAR, relation VARCHAR"""
_GROUNDS = "source VARCHAR, release VARCHAR, area_code VARCHAR, ground VARCHAR, authority VARCHAR"


def mark(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    """Mark the newest rows of observations in a column `newest`, and create the two tables that explain it.

    `catalogue.figure_classes`: for each class that a release prints, `family`, `scheme`, `class_group`, `relation` (as
    in `civic_assets.harmonise.measures.wholes.FigureClass`). `catalogue.area_grounds`: for each area of a release, its
    `ground`, and `authority`, the one code that represents all codes of exactly the same ground.

    Args:
        connection: Connection to a read model with `harmonised.observations`, before any view of that table exists.
        register: Register of areas.
    """
    create_classes(connection)
    create_grounds(connection, register)
    mark_newest(connection)


def mark_newest(connection: DuckDBPyConnection) -> None:
    """Add the column `newest` to observations.

    Args:
        connection: Connection to a read model with `harmonised.observations`, which has all figures of a period or
            none, `catalogue.figure_classes` and `catalogue.area_grounds`.
    """
    connection.execute("ALTER TABLE harmonised.observations ADD COLUMN newest BOOLEAN DEFAULT true")
    for statement in (_CONTESTED, _PARTS, _REPLACED, _TWICE):
        connection.execute(statement)
    connection.execute(_MARK)
    for name in ("contested", "parts", "replaced"):
        connection.execute(f"DROP TABLE latest_{name}")


def create_grounds(connection: DuckDBPyConnection, register: AreaRegister) -> None:
    """Create `catalogue.area_grounds`: what each area of a release is a part of.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
        register: Register of areas.
    """
    create_table(connection, "catalogue.area_grounds", _GROUNDS, _grounds(connection, register))


def create_classes(connection: DuckDBPyConnection) -> None:
    """Create `catalogue.figure_classes`: the whole that each class of a release is a part of.

    Args:
        connection: Connection to a read model with `harmonised.observations`.
    """
    create_table(connection, "catalogue.figure_classes", _CLASSES, _classes(connection))


def create_view(connection: DuckDBPyConnection) -> None:
    """Create `harmonised.latest`, with the current columns of observations, and `harmonised.figure_id(...)`."""
    connection.execute(_LATEST)
    connection.execute(_FIGURE_ID)


def _classes(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
    from civic_assets.harmonise.measures.wholes import classes_of

    printed = connection.execute(
        "SELECT DISTINCT source, release, measure, breakdown FROM harmonised.observations ORDER BY ALL"
    ).fetchall()
    return [
        {
            "source": source,
            "release": release,
            "measure": measure,
            "breakdown": breakdown,
            "family": one.family,
            "scheme": one.scheme,
            "class_group": one.group,
            "relation": one.relation or None,
        }
        for (source, release, measure, breakdown), one in classes_of(printed).items()
    ]


def _grounds(connection: DuckDBPyConnection, register: AreaRegister) -> list[dict[str, Any]]:
    from civic_assets.harmonise.measures.wholes import Grounds

    grounds = Grounds(register)
    areas = connection.execute(
        """SELECT source, release, area_code, min(area_type), min(parent_code) FROM harmonised.observations
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return [
        {
            "source": source,
            "release": release,
            "area_code": code,
            "ground": grounds.of(source, release, code, kind, parent),
            "authority": grounds.authority(code),
        }
        for source, release, code, kind, parent in areas
    ]


_WHOLE = "source, family, scheme, unit, statistic, period_start, period_end"

# There is a choice only if several releases print one scheme for one period.
_CONTESTED = f"""CREATE TEMP TABLE latest_contested AS
WITH several AS (
    SELECT source, family, scheme FROM catalogue.figure_classes GROUP BY ALL HAVING count(DISTINCT release) > 1
),
classes AS (SELECT * FROM catalogue.figure_classes JOIN several USING (source, family, scheme))
SELECT {_WHOLE}
FROM harmonised.observations o JOIN classes c USING (source, release, measure, breakdown)
GROUP BY ALL HAVING min(o.release_order) < max(o.release_order)"""

_PARTS = f"""CREATE TEMP TABLE latest_parts AS
SELECT o.rowid AS place, {_WHOLE}, release_order, release, measure, breakdown, o.area_code, o.parent_code, ground
FROM harmonised.observations o
JOIN catalogue.figure_classes c USING (source, release, measure, breakdown)
JOIN latest_contested w USING ({_WHOLE})
JOIN catalogue.area_grounds a USING (source, release, area_code)"""

# A residual area follows the newest release that prints anything of the place that it is left over from. If two lines
# of files then print one area as counted by one force, the newer one is used.
_REPLACED = f"""CREATE TEMP TABLE latest_replaced AS
WITH prints AS (
    SELECT {_WHOLE}, ground, release_order FROM latest_parts
    UNION SELECT {_WHOLE}, 'within ' || parent_code, release_order FROM latest_parts WHERE parent_code IS NOT NULL
),
newest AS (SELECT {_WHOLE}, ground, max(release_order) AS newest FROM prints GROUP BY ALL),
judged AS (
    SELECT p.*, p.release_order < n.newest AS replaced FROM latest_parts p JOIN newest n USING ({_WHOLE}, ground)
)
SELECT place FROM judged
QUALIFY replaced OR release_order < max(release_order) FILTER (NOT replaced) OVER (
    PARTITION BY {_WHOLE}, area_code, {REPORTER_SQL})"""

# Each authority once: a choice between two codes of exactly one ground, or two rows of one figure, in one release. A
# row with a number comes before one without, and the code of the day before a later or an earlier one. The hash only
# makes the search fast.
_TWICE = """INSERT INTO latest_replaced
WITH codes AS (
    SELECT DISTINCT source, release, area_code, authority FROM catalogue.area_grounds
    QUALIFY count(*) OVER (PARTITION BY source, release, authority) > 1
),
rows AS (
    SELECT o.rowid AS place, hash(o.source, o.release, coalesce(c.authority, o.area_code), o.measure, o.breakdown,
        o.unit, o.statistic, o.period_start, o.period_end) AS figure
    FROM harmonised.observations o LEFT JOIN codes c USING (source, release, area_code)
),
twice AS (SELECT place FROM rows WHERE figure IN (SELECT figure FROM rows GROUP BY figure HAVING count(*) > 1))
SELECT o.rowid FROM harmonised.observations o LEFT JOIN codes c USING (source, release, area_code)
WHERE o.rowid IN (SELECT place FROM twice)
QUALIFY row_number() OVER (
    PARTITION BY o.source, o.release, coalesce(c.authority, o.area_code), o.measure, o.breakdown, o.unit, o.statistic,
        o.period_start, o.period_end
    ORDER BY o.value IS NULL, o.area_code = c.authority, o.area_code, o.locator) > 1"""

_MARK = """UPDATE harmonised.observations SET newest = false
WHERE rowid IN (SELECT place FROM latest_replaced)"""

# The id is computed when it is read. As a column of the table it would be computed for each row that is written, which
# takes as long as everything else that is done with the two million rows.
_LATEST = f"""CREATE VIEW harmonised.latest AS
SELECT * EXCLUDE (release_order, newest), {ID_SQL} AS figure_id FROM harmonised.observations WHERE newest"""
_FIGURE_ID = f"""CREATE MACRO harmonised.figure_id({", ".join(ID_COLUMNS)}) AS {ID_SQL}"""
