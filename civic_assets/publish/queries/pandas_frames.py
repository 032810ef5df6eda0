"""Arrow tables as pandas frames with types that keep the difference between zero and no value.

Belongs here: which pandas type each column has. Does not belong here: which rows (`selection`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Columns with words of a vocabulary: they have few different values in any table.
_VOCABULARIES = frozenset(
    {
        "source", "measure", "area_type", "period_kind", "statistic", "unit", "quality", "row_kind", "check_id",
        "severity", "outcome", "layer", "dimension", "scope",
    }
)  # fmt: skip


def as_pandas(table: pa.Table) -> pd.DataFrame:
    """A frame in which an absent value is `<NA>`, never a number.

    Args:
        table: Any table.

    Returns:
        `Float64`, `Int64`, `boolean`, `string`, `category` for words of a vocabulary, and `datetime64[s]` for days.
    """
    import pandas as pd
    import pyarrow as pa

    columns: list[Any] = []
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_date(field.type):
            column = column.cast(pa.timestamp("s"))
        elif field.name in _VOCABULARIES and pa.types.is_string(field.type):
            column = column.dictionary_encode()
        columns.append(column)

    def type_of(kind: pa.DataType) -> Any:
        if pa.types.is_floating(kind):
            return pd.Float64Dtype()
        if pa.types.is_integer(kind):
            return pd.Int64Dtype()
        if pa.types.is_boolean(kind):
            return pd.BooleanDtype()
        return pd.StringDtype() if pa.types.is_string(kind) or pa.types.is_large_string(kind) else None

    named = pa.table(columns, names=table.column_names)
    frame: pd.DataFrame = named.to_pandas(types_mapper=type_of)
    return frame
