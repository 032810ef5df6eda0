"""What publishers do to the files of every source: recorded as that, the old bytes stay, the others are unaffected.

All sources do the same in one round, and each is looked at by itself; nothing is published here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from civic_assets.acquire.limits import Limits
from civic_assets.acquire.live.held import read_held
from civic_assets.archive import Archive
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.tables.release_names import is_unknown
from civic_assets_tests.acquire.every_source import EverySource
from civic_assets_tests.acquire.matrix.acts import (
    SOURCES,
    put_later,
    put_other_bytes,
    put_other_header,
    withdraw,
)
from civic_assets_tests.acquire.matrix.outcomes import ACTS, LATER, NEARLY, Act
from civic_assets_tests.acquire.matrix.publishers import AllPublishers, all_publishers

DONE: dict[str, Callable[[AllPublishers], object]] = {
    "replaced": lambda publishers: put_other_bytes(publishers, SOURCES),
    "other_header": lambda publishers: put_other_header(publishers, SOURCES),
    "withdrawn": lambda publishers: withdraw(publishers, SOURCES),
}
SAID = {"replaced": "replaced the file", "reissued": "again, at", "withdrawn": "no longer offers"}


@dataclass(frozen=True)
class Came:
    """What came of one round for one source.

    Args:
        state: What is said of it.
        problems, notes: Sentences.
        releases: New releases.
        events: Kinds of what was recorded of the publisher's acts.
    """

    state: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    releases: tuple[str, ...]
    events: tuple[str, ...]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Came]]]:
    """What came of each act, by source: all of them in one store, one after the other."""
    with all_publishers(tmp_path_factory.mktemp("acts"), Limits()) as publishers:
        contracts = {name: one for name, one in load_contracts().items() if one.status == "active"}
        story = {"first": ask(publishers, contracts)}
        put_later(publishers, SOURCES)
        story["later"] = ask(publishers, contracts)
        for act in ACTS:
            DONE[act.name](publishers)
            story[act.name] = ask(publishers, contracts)
        yield story


def ask(publishers: AllPublishers, contracts: dict[str, Contract]) -> dict[str, Came]:
    archive = Archive(publishers.root / "archive")
    before = {(one.source, one.release) for one in archive.receipts()}
    events = {source: len(one.events) for source, one in read_held(publishers.root).items()}
    kept = publishers.archived()
    said = publishers.round(contracts)
    manifest, files = publishers.archived()
    assert manifest.startswith(kept[0]) and kept[1].items() <= files.items()
    assert publishers.left_behind() == [] and publishers.unfinished == []
    held = read_held(publishers.root)
    return {
        source: Came(
            one.state,
            one.problems,
            one.notes,
            tuple(
                NEARLY if is_unknown(receipt.release) else receipt.release
                for receipt in archive.receipts(source)
                if (source, receipt.release) not in before
            ),
            tuple(event.kind for event in held[source].events[events.get(source, 0) :]),
        )
        for source, one in said.items()
    }


def test_every_source_has_its_outcome() -> None:
    names = sorted(EverySource.names())
    assert sorted(SOURCES) == sorted(LATER) == names
    assert all(sorted(act.outcomes) == names for act in ACTS) and set(DONE) == {act.name for act in ACTS}


@pytest.mark.parametrize("source", LATER)
def test_a_later_edition_is_received(story: dict[str, dict[str, Came]], source: str) -> None:
    came = story["later"][source]
    assert (came.releases, came.state, came.events) == ((LATER[source],), "answered", ())


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("source", LATER)
def test_what_a_publisher_does_is_recorded(story: dict[str, dict[str, Came]], act: Act, source: str) -> None:
    came, right = story[act.name][source], act.outcomes[source]
    assert (came.state, came.releases, came.events) == (right.state, right.releases, right.events), came
    assert came.problems == ()
    for event in right.events:
        assert any(SAID[event] in note and note.startswith(f"{source}: ") for note in came.notes), came.notes
