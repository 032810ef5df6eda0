"""The fault matrix as whole commands: exit code, sentences, and that archive and publication stay byte for byte.

All publishers are published once in one store; then each command has faults in the lists of several publishers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from civic_assets_tests.acquire.every_source import EverySource
from civic_assets_tests.acquire.matrix.faults import CAUSES, IN_LISTS, PUBLISHERS
from civic_assets_tests.acquire.matrix.publishers import AllPublishers, Answered, all_publishers
from civic_assets_tests.acquire.matrix.trying import some_at_once, tried


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AllPublishers]:
    with all_publishers(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.fixture(scope="module")
def published(publishers: AllPublishers) -> Answered:
    """Everything is fetched and published for the first time."""
    return publishers.refresh()


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


@pytest.mark.parametrize("command", some_at_once(IN_LISTS))
def test_faults_in_lists(publishers: AllPublishers, published: Answered, command: Mapping[str, str]) -> None:
    tried(publishers, command, "list")
