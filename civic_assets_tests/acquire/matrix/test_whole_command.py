"""The fault matrix as whole commands: exit code, sentences, and that archive and publication stay byte for byte.

All publishers are published once in one store; then each command has faults in the lists of several publishers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from civic_assets_tests.acquire.every_source import EverySource
from civic_assets_tests.acquire.matrix.faults import (
    BY_NAME,
    CAUSES,
    IN_LISTS,
    PUBLISHERS,
    asks,
)
from civic_assets_tests.acquire.matrix.publishers import AllPublishers, Answered, all_publishers

THREE_HOURS = 3 * 3600


def in_words(command: Mapping[str, str]) -> str:
    return "+".join(f"{name}-{kind}" for name, kind in command.items())


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AllPublishers]:
    with all_publishers(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.fixture(scope="module")
def published(publishers: AllPublishers) -> Answered:
    """Everything is fetched and published for the first time."""
    return publishers.refresh()


def tried(publishers: AllPublishers, command: Mapping[str, str], place: str) -> None:
    """Run a command in which some publishers have a fault, and check all that must follow."""
    before = publishers.state()
    came = publishers.refresh(
        *(BY_NAME[name].fault(kind, place, publishers.server) for name, kind in command.items()),
        later=THREE_HOURS,
    )
    assert came.code == 3
    hit = {source for name in command for source in asks(name, place)}
    for source, said in came.sources.items():
        assert bool(said["problems"]) is (source in hit), (source, said["problems"])
        assert all(sentence.startswith(f"{source}: ") for sentence in said["problems"])
    for source in hit:
        named = {
            name: any(
                re.search(CAUSES[kind][place == "file"], sentence)
                and any(host in sentence for host in BY_NAME[name].hosts)
                for sentence in came.sources[source]["problems"]
            )
            for name, kind in command.items()
            if source in asks(name, place)
        }
        # If nobody that it asks can be reached, the first of them is named; otherwise each that fails is.
        alone = all(one.name in command for one in PUBLISHERS if source in asks(one.name, "list"))
        assert any(named.values()) if alone else all(named.values()), (source, named, came.sources[source])
    after = publishers.state()
    assert [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)] == []
    assert came.summary["published_now"] is False
    assert publishers.left_behind() == []


def test_every_fault_is_tried_at_every_publisher_that_can_have_it() -> None:
    tried_there = {(name, kind) for command in IN_LISTS for name, kind in command.items()}
    assert tried_there == {(one.name, kind) for one in PUBLISHERS for kind in CAUSES if one.has(kind, "list")}
    assert {source for one in PUBLISHERS for source in one.sources} == set(EverySource.names())
    assert all(len(command) < len(PUBLISHERS) for command in IN_LISTS)


def test_every_source_is_published_with_nothing_to_say(published: Answered) -> None:
    assert published.code == 0
    assert sorted(published.sources) == sorted(EverySource.names())
    assert {one["state"] for one in published.sources.values()} == {"answered"}
    assert set(published.releases.values()) == {"published"}


@pytest.mark.parametrize("command", IN_LISTS, ids=in_words)
def test_faults_in_lists(publishers: AllPublishers, published: Answered, command: Mapping[str, str]) -> None:
    tried(publishers, command, "list")
