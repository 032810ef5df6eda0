"""Data frames in one DuckDB file, as `DuckDBPandasIOManager` keeps them.

`dagster-duckdb-pandas` (0.29) requires pandas below 3, so it cannot be installed together with this project's pins.
It is a small type handler on `dagster_duckdb.DuckDBIOManager`. This one behaves in the same way: the connection, the
schema, the deletion of the table's former rows and the retries while another process holds the file are the
library's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
import pandas as pd
from dagster._core.definitions.metadata import TableMetadataSet
from dagster._core.storage.db_io_manager import DbTypeHandler, TableSlice
from dagster_duckdb import DuckDBIOManager
from dagster_duckdb.io_manager import DuckDbClient


class DataFrameHandler(DbTypeHandler[pd.DataFrame]):
    """Stores a data frame as a table and loads it again."""

    def handle_output(
        self, context: dg.OutputContext, table_slice: TableSlice, obj: pd.DataFrame, connection: Any
    ) -> None:
        """Insert the frame, whose former rows the library has deleted, and report rows and columns."""
        table = f"{table_slice.schema}.{table_slice.table}"
        connection.register("frame", obj)
        connection.execute(f"create table if not exists {table} as select * from frame limit 0")
        connection.execute(f"insert into {table} select * from frame")
        columns = [dg.TableColumn(str(name), str(dtype)) for name, dtype in obj.dtypes.items()]
        context.add_output_metadata(
            {
                **TableMetadataSet(row_count=len(obj), storage_kind="duckdb"),
                "dataframe_columns": dg.MetadataValue.table_schema(dg.TableSchema(columns)),
            }
        )

    def load_input(self, context: dg.InputContext, table_slice: TableSlice, connection: Any) -> pd.DataFrame:
        """Read the whole table."""
        frame: pd.DataFrame = connection.execute(DuckDbClient.get_select_statement(table_slice)).fetchdf()
        return frame

    @property
    def supported_types(self) -> Sequence[type[pd.DataFrame]]:
        """Data frames only."""
        return [pd.DataFrame]


class DuckDBPandasIOManager(DuckDBIOManager):
    """`dagster_duckdb_pandas.DuckDBPandasIOManager`, for pandas 3."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[pd.DataFrame]]:
        """The one handler."""
        return [DataFrameHandler()]

    @staticmethod
    def default_load_type() -> type:
        """Type of inputs without annotation: data frames."""
        return pd.DataFrame
