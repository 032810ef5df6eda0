"""Whether the read model has everything that was to be written into it.

Belongs here: comparing a finished read model with the stored tables that it was made from, by a different route from
the one that made it. Does not belong here: the meaning of the figures (`quality`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import CivicError
from civic_assets.house_numbers.arithmetic import ORDER_OF_SUM_NOISE
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from civic_assets.layers.store import Store
    from civic_assets.publish.member import Member

Place = tuple[str, str]
"""Source and release."""
# Columns whose texts are compared by their number of characters, which is enough to notice a column that was replaced.
_TEXTS = ("release", "measure", "area_code", "breakdown", "unit")


@dataclass(slots=True)
class ExpectedRows:
    """What the read model should have of one release.

    Args:
        rows: Number of figures.
        values: Their values, or sums of them.
        characters: Number of characters in the texts that describe the figures.
    """

    rows: int = 0
    values: list[float] = field(default_factory=list)
    characters: int = 0

    @property
    def total(self) -> float:
        """Sum of the values."""
        return math.fsum(self.values)


def refuse_unless_written(
    store: Store, database: Path, members: Sequence[Member], releases: Collection[Place] | None = None
) -> None:
    """Compare figures, sums and texts of releases with their stored tables, which Arrow reads.

    Args:
        store: The store.
        database: The finished read model.
        members: Releases of the publication.
        releases: Source and release that were written; all if None. The number of all figures is compared in any case.

    Raises:
        CivicError: They differ; the read model is not put into place.
    """
    chosen = [m for m in members if releases is None or _place(m) in releases]
    wanted, written, number = _to_be_written(store, chosen), *_in_read_model(database, releases)
    for place in sorted(wanted.keys() | written.keys()):
        one, other = wanted.get(place, ExpectedRows()), written.get(place, ExpectedRows())
        for what, expected, seen in (
            ("figures", one.rows, other.rows),
            ("as the sum of its values", one.total, other.total),
            ("characters in its columns " + ", ".join(_TEXTS), one.characters, other.characters),
        ):
            if not math.isclose(expected, seen, rel_tol=ORDER_OF_SUM_NOISE, abs_tol=ORDER_OF_SUM_NOISE):
                raise CivicError(_REFUSED.format(seen, what, f" of {' '.join(place)}", expected, store.root))
    every = sum(member.harmonised.rows for member in members if member.harmonised)
    if number != every:
        raise CivicError(_REFUSED.format(number, "figures", "", every, store.root))


_REFUSED = (
    "The read model that was built has {:,.12g} {}{}, but its stored tables have {:,.12g}. It was not published; the "
    "last publication stays. Please report this with the path of the store, {}."
)


def _place(member: Member) -> Place:
    return member.receipt.source, member.receipt.release


def _to_be_written(store: Store, members: Iterable[Member]) -> dict[Place, ExpectedRows]:
    import pyarrow.compute as pc

    wanted: dict[Place, ExpectedRows] = defaultdict(ExpectedRows)
    for member in members:
        if member.harmonised is None:
            continue
        table = store.tables.read(member.harmonised, ["value", *_TEXTS], dictionaries=_TEXTS)
        one = wanted[_place(member)]
        one.rows += table.num_rows
        one.values.append(pc.sum(table["value"]).as_py() or 0.0)
        for name in _TEXTS:
            for chunk in table[name].chunks:
                lengths = pc.utf8_length(chunk.dictionary).take(chunk.indices)
                one.characters += pc.sum(lengths).as_py() or 0
    return wanted


def _in_read_model(
    database: Path, releases: Collection[Place] | None
) -> tuple[dict[Place, ExpectedRows], int]:

    characters = " + ".join(f"coalesce(sum(length({name})), 0)" for name in _TEXTS)
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            f"""SELECT source, release, count(*), coalesce(sum(value), 0), {characters}
            FROM harmonised.observations
            {"" if releases is None else "WHERE release IN (SELECT unnest(?))"} GROUP BY source, release""",
            [] if releases is None else [sorted({release for _, release in releases})],
        ).fetchall()
        (number,) = connection.execute("SELECT count(*) FROM harmonised.observations").fetchone() or (0,)
    return {
        (source, release): ExpectedRows(count, [total], int(length))
        for source, release, count, total, length in rows
        if releases is None or (source, release) in releases
    }, number
