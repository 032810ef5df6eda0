"""The compiled contract as a pandera schema: for every validated and harmonised table, and for frames of a user.

Belongs here: columns, types, absences, key and the contract's predicates as one schema, and bringing frames of pandas,
polars or Arrow into the form that it judges. Does not belong here: the predicates themselves
(`civic_assets.parsing.contract_schema`), and what a refresh makes of the failures (`frame_gate`).

pandera judges polars frames here and nothing else: its backends differ in what they say of one frame (patterns, NaN),
so a pandas frame is brought to polars first. The module loads pandera and polars; what seldom needs it imports it
late.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandera.polars as pandera
import polars as pl
from pandera.config import config_context
from pandera.errors import SchemaErrors

from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.parsing.contract_schema import Predicate
from civic_assets.parsing.observations import KEY
from civic_assets.quality.frames.errors import FrameErrors, name_of, rows_of
from civic_assets.quality.frames.one_pass import (
    DAYS,
    FIELDS_OF,
    FILLED,
    Layer,
    different_keys,
    expression,
    rules_of,
)
from civic_assets.quality.frames.own_frames import as_polars

Frame = TypeVar("Frame")

LAYERS: tuple[Layer, ...] = ("validated", "harmonised")
# What `civic_assets.read_file` adds to the observations of a file.
_MAY_BE_ADDED = {
    "source": "dataset of a publisher",
    "release": "issue of the source",
    "quality": "what the checks say",
}
_TYPES: dict[str, Any] = {
    "string": pl.String, "int32": pl.Int32, "date32": pl.Date, "float64": pl.Float64, "bool": pl.Boolean,
}  # fmt: skip


class ContractSchema(pandera.DataFrameSchema):
    """A contract as a pandera schema.

    `validate` takes a frame of polars, pandas or Arrow and gives it back as it was. The checks are named as in the
    catalogue of checks (`V-02`, ...).

    Args:
        contract: The contract of the source.
        layer: `validated` for observations as published, `harmonised` for those in the common vocabulary.
        strict: Columns that the layer does not have are an error.
        only: The checks to run, besides columns, types and absences; all when None.
    """

    def __init__(
        self,
        contract: Contract,
        layer: Layer = "validated",
        *,
        strict: bool = True,
        only: Collection[str] | None = None,
    ) -> None:
        self.source = contract.source
        self.ran: set[str] = set()
        """Checks that were run by the last `validate`."""
        self.rules = rules_of(contract, only)
        checks: dict[str, list[pandera.Check]] = {}
        for rule in self.rules:
            checks.setdefault(rule.column, []).append(self._check(rule))
        columns = {
            name: pandera.Column(
                _TYPES[kind], checks=checks.get(name), nullable=name not in FILLED, title=meaning
            )
            for name, kind, meaning in FIELDS_OF[layer]
        }
        if layer == "validated":
            columns |= {
                name: pandera.Column(pl.String, required=False, nullable=True, title=meaning)
                for name, meaning in _MAY_BE_ADDED.items()
            }
        self.declared = frozenset(rule.rule for rule in self.rules)
        """Checks that the schema has."""
        super().__init__(columns, strict=strict, name=f"{contract.source} ({layer})")

    def _check(self, rule: Predicate) -> pandera.Check:
        def holds(data: Any) -> pl.LazyFrame | bool:
            self.ran.add(rule.rule)
            if rule.rule == "V-01":
                return _is_unique(data.lazyframe)
            frame: pl.LazyFrame = data.lazyframe.with_columns(DAYS)
            return frame.select(expression(rule).fill_null(True))

        return pandera.Check(holds, name=rule.rule, error=f"{rule.rule}: {rule.statement}")

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: type | None = None) -> Any:
        """The backend for polars of pandera itself, which is registered for the class above only."""
        return pandera.DataFrameSchema.get_backend(check_obj, check_type)

    def validate(self, check_obj: Frame, *, lazy: bool = True, **options: Any) -> Frame:  # type: ignore[override]
        """Checks a frame, and gives it back unchanged.

        Args:
            check_obj: A frame of polars (a lazy one is collected), pandas or Arrow.
            lazy: Look at everything before raising.
            options: As pandera has them (`head`, `tail`, `sample`, ...).

        Raises:
            SchemaErrors: Something does not hold, which its text says in words; `failure_cases` has every cell.
            SchemaError: The same of the first thing, with `lazy=False`.
            UsageError: The frame has figures of other sources too, as one file may hold releases of two.
        """
        self.ran.clear()
        frame = as_polars(check_obj, {name: column.dtype.type for name, column in self.columns.items()})
        _refuse_other_sources(frame, self.source)
        try:
            # Columns and types first: where one is missing, checks of cells could only say so again. That both are
            # asked for by name keeps the environment and a caller's settings from switching checks off.
            for depth in ("SCHEMA_ONLY", "DATA_ONLY"):
                with config_context(validation_enabled=True, validation_depth=depth):
                    super().validate(frame, lazy=lazy, **options)
        except SchemaErrors as errors:
            raise FrameErrors(errors.schema, errors.schema_errors, errors.data) from None
        return check_obj


def _refuse_other_sources(frame: pl.DataFrame, source: str) -> None:
    if "source" not in frame.columns:
        return
    others = sorted(set(frame["source"].drop_nulls().cast(pl.String).unique()) - {source})
    if others:
        raise UsageError(
            f"The frame has figures of {', '.join(others)}, and this is the schema of {source}. Keep the rows of "
            f"{source}, or name the source where you read the file: read_file(path, source={source!r})."
        )


def _is_unique(frame: pl.LazyFrame) -> pl.LazyFrame | bool:
    """True where all keys differ; otherwise which rows have one of their own."""
    hashes = frame.select(different_keys().alias("different"), pl.len().alias("rows")).collect()
    different, rows = hashes.row(0)
    return True if different == rows else frame.select(pl.struct(KEY).is_unique())


@dataclass(frozen=True, slots=True)
class Failing:
    """Rows of one column that fail one check.

    Args:
        check: Name of the check, or `not_nullable`.
        column: The column.
        rows: Places of the rows, counted from 0.
    """

    check: str
    column: str
    rows: Sequence[int]


def failing_rows(errors: SchemaErrors) -> list[Failing]:
    """Failing rows of each error that is about rows.

    Raises:
        RuntimeError: Something else failed: a column is missing or of another type, or a check could not be run.
    """
    if not all(isinstance(error.check_output, pl.DataFrame) for error in errors.schema_errors):
        raise RuntimeError(" ".join(str(errors).split()))
    return [Failing(name_of(error), str(error.schema.name), rows_of(error)) for error in errors.schema_errors]
