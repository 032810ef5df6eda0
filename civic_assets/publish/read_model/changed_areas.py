"""Whether the tables of areas must be made again after some releases changed, and making them without the lookups.

Belongs here: what of the tables of areas depends on releases. Does not belong here: the tables themselves (`areas`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import OUTPUT_AREA, WARD
from civic_assets.publish.read_model.areas import AREAS, OBSERVED, facts_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def described(connection: DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """What the tables of areas say that depends on releases, to notice whether they must be made again.

    Days count only for areas that are not in the register that ships.

    Args:
        connection: Connection to a read model with `catalogue.printed_areas`.
    """
    import pyarrow as pa

    connection.register("shipped_codes", pa.table({"area_code": list(AreaRegister.shipped().areas)}))
    rows = connection.execute(_DESCRIBED).fetchall()
    connection.unregister("shipped_codes")
    return set(rows)


def describe_again(connection: DuckDBPyConnection, changed: Collection[tuple[Any, ...]]) -> bool:
    """Make `catalogue.areas` again if no ward, output area or other area of a lookup changed; those stay as they are.

    Args:
        connection: Connection to a read model whose `catalogue.printed_areas` changed.
        changed: Rows of `described` that only one of the two states has.

    Returns:
        Whether that was enough; otherwise the tables need the lookups, and nothing has been done.
    """
    connection.execute("CREATE TEMP TABLE looked_up AS FROM catalogue.areas WHERE resolved_by = 'lookup'")
    looked_up = {code for (code,) in connection.execute("SELECT area_code FROM looked_up").fetchall()}
    enough = not any(code in looked_up or kind in (WARD, OUTPUT_AREA) for code, _, kind, *_ in changed)
    if enough:
        register = AreaRegister.shipped()
        connection.register("observed", connection.sql(OBSERVED).to_arrow_table())
        connection.register("facts", facts_of(register.areas.values(), register))
        connection.execute("DROP TABLE catalogue.areas")
        connection.execute(AREAS)
        connection.execute("DELETE FROM catalogue.areas WHERE area_code IN (SELECT area_code FROM looked_up)")
        connection.execute("INSERT INTO catalogue.areas FROM looked_up")
        connection.unregister("observed")
        connection.unregister("facts")
    connection.execute("DROP TABLE looked_up")
    return enough


_DESCRIBED = f"""SELECT o.* EXCLUDE (first_day, last_day), CASE WHEN s.area_code IS NULL THEN first_day END,
    CASE WHEN s.area_code IS NULL THEN last_day END
FROM ({OBSERVED}) o LEFT JOIN shipped_codes s USING (area_code)"""
