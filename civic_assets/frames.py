"""Figures as frames: what `import civic_assets` offers to an analyst.

Belongs here: the three functions for notebooks and other pipelines. Does not belong here: the question to the read
model (`civic_assets.publish.queries.selection`), types of pandas (`civic_assets.publish.queries.pandas_frames`), and
schemas (`civic_assets.quality.frames.schema`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from civic_assets.errors import ReleaseHeldBack, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from civic_assets.layers.store import Store
    from civic_assets.quality.frames.schema import ContractSchema


def read(
    table: str = "harmonised.latest",
    *,
    area: str | Sequence[str] | None = None,
    measure: str | Sequence[str] | None = None,
    period: str | None = None,
    columns: Sequence[str] | None = None,
    store: str | Path | Store | None = None,
    **where: Any,
) -> pd.DataFrame:
    """Rows of a published table as a pandas frame.

    Args:
        table: A table or view of the read model, e.g. `harmonised.latest`, `quality.findings`.
        area: Code or name of an area, or several. A name that several areas have is an error, as on the command line.
        measure: A measure of `catalogue.measures`, or several; its words may be in any case.
        period: Two days, `2024-01-01/2025-01-01`, or words such as `2024`, `ye Dec 2024`, `2023/24`.
        columns: Only these. A column `value` always brings the columns `status` and `quality` with it.
        store: Where everything is kept: `CIVIC_STORE`, else `.civic`, when None.
        where: Any other column and the value, or the values, that it must have; None means "is absent".

    Returns:
        Numbers as `Float64` and `Int64`, truth values as `boolean`, days as `datetime64[s]`, words of a vocabulary as
        categories, and other texts as `string`. `frame.attrs` names the table, the publication and the store.

    Raises:
        UsageError: There is no such store, table or column, or a period cannot be read.
        NotPublished: A word is not in the table.
        AmbiguousFigure: Several areas have the name, or the period can be several.
    """
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.pandas_frames import as_pandas
    from civic_assets.publish.queries.selection import Selection, select
    from civic_assets.publish.read_model.connection import open_read_model

    if not (period is None or isinstance(period, str)):
        raise UsageError(f"period={period!r} is not one text. Write one period, and read several in turn.")
    opened = store if isinstance(store, Store) else Store.existing(Path(store) if store else None)
    wanted = Selection(table, _several(area), _several(measure), period, columns, where)
    with open_read_model(opened) as connection:
        rows = select(connection, wanted)
        (publication,) = connection.execute("SELECT publication FROM catalogue.publication").fetchone() or (
            "",
        )
    frame = as_pandas(rows)
    frame.attrs = {"table": table, "publication": publication, "store": str(opened.root)}
    return frame


def read_file(
    path: str | Path, *, source: str | None = None, even_if_held_back: bool = False
) -> pd.DataFrame:
    """The figures of one publisher's file as a pandas frame; nothing is stored.

    The file is recognised, read and checked as `civic-assets inspect` does it.

    Args:
        path: A file, or a zip archive of files.
        source: Read it as a release of this source only.
        even_if_held_back: Give the figures of a release that fails a check which would hold it back, all the same.

    Returns:
        The columns of `schema(source)` with `source`, `release`, and `quality`, which is `disputed` where a check
        accuses the figure. Types as those of `read`. `frame.attrs["held_back"]` has the reasons why a release would
        not be published.

    Raises:
        UsageError: There is no such file or source.
        FileRefused: The file is damaged or not safe to read.
        NotRecognised: It is not a release of a known source.
        ReleaseHeldBack: It would not be published.
    """
    import pyarrow as pa

    from civic_assets.contracts.load import load_contracts
    from civic_assets.intake.inspect import examined
    from civic_assets.publish.queries.pandas_frames import as_pandas

    tables, held_back = [], []
    for one in examined(Path(path), load_contracts(), source):
        reasons = list(one.assessment.held_back)
        held_back += [f"{one.source} {one.release}: {reason}" for reason in reasons]
        if one.observations is None or (reasons and not even_if_held_back):
            continue
        tables.append(_with_quality(one.observations, one.source, one.release, one.assessment.disputed))
    if not tables or (held_back and not even_if_held_back):
        raise ReleaseHeldBack(
            f"{path} would not be published. {' '.join(held_back) or 'It holds no figures.'} See all findings with: "
            f"civic-assets inspect {path}"
        )
    frame = as_pandas(pa.concat_tables(tables))
    frame.attrs = {"file": str(path), "held_back": held_back}
    return frame


def _with_quality(observations: Any, source: str, release: str, disputed: Iterable[str]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    accused = pc.is_in(observations["locator"], pa.array(sorted(disputed), pa.string()))
    place = observations.schema.get_field_index("status") + 1
    told = observations.add_column(place, "quality", pc.if_else(accused, "disputed", "ok"))
    size = observations.num_rows
    return told.add_column(0, "release", pa.repeat(release, size)).add_column(
        0, "source", pa.repeat(source, size)
    )


def schema(
    source: str, layer: Literal["validated", "harmonised"] = "validated", *, strict: bool = True
) -> ContractSchema:
    """The contract of a source as a pandera schema, to check a frame of your own with `.validate(frame)`.

    Args:
        source: A source with a contract, e.g. `ons_csp`.
        layer: `validated` for figures as published, with publishers' codes; `harmonised` for the common vocabulary.
        strict: Columns that the layer does not have are an error.

    Raises:
        UsageError: There is no such source or layer.
    """
    from civic_assets.contracts.load import load_contracts

    contracts = load_contracts()
    if source not in contracts:
        near = get_close_matches(source, contracts, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Sources are: {', '.join(contracts)}."
        raise UsageError(f"There is no source {source!r}. {hint}")
    from civic_assets.quality.frames.schema import LAYERS, ContractSchema

    if layer not in LAYERS:
        raise UsageError(f"There is no layer {layer!r} with a schema. Layers are: {', '.join(LAYERS)}.")
    return ContractSchema(contracts[source], layer, strict=strict)


def _several(words: str | Sequence[str] | None) -> list[str] | None:
    if not (words is None or isinstance(words, Iterable)):
        raise UsageError(f"{words!r} is neither a text nor a list of texts. Write it in quotation marks.")
    return None if words is None else [words] if isinstance(words, str) else list(words)
