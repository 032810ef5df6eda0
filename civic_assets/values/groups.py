"""Rows of an Arrow table in groups of equal texts and days.

Belongs here: grouping large tables by columns of texts, fast. Does not belong here: what the groups mean.

Arrow groups by numbers several times as fast as by texts, and a text column of a publisher's table repeats few texts.
So each column is numbered once, and only the first row of a group is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def groups_of(
    table: pa.Table, keys: Sequence[str], first: Sequence[str] = (), value: str = ""
) -> dict[str, list[Any]]:
    """Combinations of columns that occur, in the order of their first rows.

    Args:
        table: Table with texts, whole numbers or days in the columns named.
        keys: Columns to group by; an absent value is a value like any other.
        first: Columns of which the value in the first row of each group is given.
        value: Column whose known values are counted; none if empty.

    Returns:
        By the names of `keys` and `first`, their values for each group; `rows`, the number of rows; and `known`, how
        many of them have the value.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    numbered: dict[str, Any] = {}
    for name in keys:
        column = table[name]
        if pa.types.is_string(column.type):
            column = column.dictionary_encode()
        if pa.types.is_dictionary(column.type):
            column = pa.chunked_array(
                [chunk.indices for chunk in column.unify_dictionaries().chunks], pa.int32()
            )
        numbered[name] = column
    asked: list[Any] = [("row", "min"), ("row", "count")]
    if value:
        numbered["value"] = pc.is_valid(table[value]).cast(pa.int8())
        asked.append(("value", "sum"))
    grouped = pa.table({**numbered, "row": np.arange(table.num_rows)})
    found = grouped.group_by(list(keys), use_threads=False).aggregate(asked)
    # Arrow gives groups in the order of its hash table where hashes collide.
    found = found.sort_by("row_min")
    groups: dict[str, list[Any]] = {
        name: table[name].take(found["row_min"]).to_pylist() for name in (*keys, *first)
    }
    groups["rows"] = found["row_count"].to_pylist()
    if value:
        groups["known"] = found["value_sum"].to_pylist()
    return groups
