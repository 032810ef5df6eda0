"""The earlier editions that the checks of a release look back at."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from civic_assets.archive import Receipt
from civic_assets.house_numbers.calendar import EARLIER_EDITIONS
from civic_assets.layers.store import Store
from civic_assets.layers.validated import history_of
from civic_assets.tables.release_names import edition_of, release_name, release_sort_key, series_of
from civic_assets.tables.store import TableRef, TableStore

SOURCE = "met_borough"
EDITIONS = [
    f"{year}-{month:02}{series}"
    for series in ("", "-reasons")
    for year in range(2014, 2020)
    for month in (3, 9)
]


def _receipt(release: str) -> Receipt:
    return Receipt(SOURCE, release, "0" * 64, 1, "a.csv", None, "2026-01-01T00:00:00Z", None, False, "local")


def _by_definition(store: Store, release: str) -> list[str]:
    """The newest issue with a table of each earlier edition of the series, of the newest editions, oldest first."""
    newest: dict[str, str] = {}
    for other in store.tables.releases("validated", SOURCE):
        if (
            release_sort_key(other) < release_sort_key(release)
            and edition_of(other) != edition_of(release)
            and series_of(other) == series_of(release)
        ):
            newest[edition_of(other)] = other
    return list(newest.values())[-EARLIER_EDITIONS:]


@pytest.mark.parametrize("seed", range(5))
def test_history_is_the_newest_issue_of_each_earlier_edition(tmp_path: Path, seed: int) -> None:
    chosen, store = random.Random(seed), Store(tmp_path)
    releases = [
        release_name(edition, issue) for edition in EDITIONS for issue in range(1, chosen.choice((2, 2, 4)))
    ]
    for release in releases:
        store.tables.write("validated", SOURCE, release, pa.table({"n": [1]}), release)
        if chosen.random() < 0.2:  # held back since
            store.tables.forget("validated", SOURCE, release)
    for release in releases:
        assert [ref.release for ref in history_of(store, _receipt(release))] == _by_definition(store, release)


def test_looking_back_does_not_look_at_every_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, looked = Store(tmp_path), list[str]()
    editions = [f"{year}-{month:02}" for year in range(2010, 2020) for month in range(1, 13)]
    for release in editions:
        store.tables.write("validated", SOURCE, release, pa.table({"n": [1]}), release)
    current = TableStore.current

    def noted(self: TableStore, layer: str, source: str, release: str) -> TableRef | None:
        looked.append(release)
        return current(self, layer, source, release)

    monkeypatch.setattr(TableStore, "current", noted)
    assert [ref.release for ref in history_of(store, _receipt("2020-01"))] == editions[-EARLIER_EDITIONS:]
    assert len(looked) == EARLIER_EDITIONS
