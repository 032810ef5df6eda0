"""The fault matrix as whole commands, with faults in files: later editions are out and cannot be fetched.

All publishers are published once in one store. Then some put out later editions, and each command has faults in the
files of all of these; the others have nothing new and nothing to say. When the faults are over, all of them are
received and published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from civic_assets_tests.acquire.matrix.acts import SOURCES, put_later
from civic_assets_tests.acquire.matrix.faults import (
    BY_NAME,
    CAUSES,
    FIRST,
    IN_FILES,
    OTHERS,
    PUBLISHERS,
    sources_of,
)
from civic_assets_tests.acquire.matrix.outcomes import LATER
from civic_assets_tests.acquire.matrix.publishers import AllPublishers, Answered, all_publishers
from civic_assets_tests.acquire.matrix.trying import THREE_HOURS, some_at_once, tried

# Its figures are those of the year before, and the contract knows England's of this year (K-01).
HELD_BACK = {("dfe_children_in_need", "2025-c1"): "held_back"}


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AllPublishers]:
    with all_publishers(tmp_path_factory.mktemp("matrix")) as made:
        yield made


def wait_for(publishers: AllPublishers, names: tuple[str, ...]) -> Answered:
    """These publishers put out later editions, and one command sees them and cannot fetch any.

    This alone is published: X-01 says which releases are out and not held.
    """
    put_later(publishers, sources_of(names))
    faults = (BY_NAME[name].fault("404", "file", publishers.server) for name in names)
    return publishers.refresh(*faults, later=THREE_HOURS)


@pytest.fixture(scope="module")
def first_waits(publishers: AllPublishers) -> Answered:
    """Everything is published, and then some publishers put out later editions."""
    assert publishers.refresh().code == 0
    return wait_for(publishers, FIRST)


@pytest.fixture(scope="module")
def first_came(publishers: AllPublishers, first_waits: Answered) -> Answered:
    """The later editions of these are received, while lists of the others have a fault."""
    faults = (BY_NAME[name].fault("503", "list", publishers.server) for name in OTHERS)
    return publishers.refresh(*faults, later=THREE_HOURS)


@pytest.fixture(scope="module")
def others_wait(publishers: AllPublishers, first_came: Answered) -> Answered:
    """The others put out theirs."""
    return wait_for(publishers, OTHERS)


def later_of(names: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(source, LATER[source]) for source in sources_of(names)}


def test_every_fault_is_tried_in_the_files_of_every_publisher() -> None:
    tried_there = {
        (name, kind) for commands in IN_FILES for command in commands for name, kind in command.items()
    }
    assert tried_there == {(one.name, kind) for one in PUBLISHERS for kind in CAUSES if one.has(kind, "file")}
    assert {*FIRST, *OTHERS} == set(BY_NAME) and set(sources_of([*FIRST, *OTHERS])) == set(SOURCES)


@pytest.mark.parametrize("command", some_at_once(IN_FILES[0]))
def test_faults_in_files(
    publishers: AllPublishers, first_waits: Answered, command: Mapping[str, str]
) -> None:
    tried(publishers, command, "file")


def test_what_waited_is_published_while_others_fail(publishers: AllPublishers, first_came: Answered) -> None:
    assert first_came.code == 3 and first_came.summary["published_now"] is True
    states = {release: first_came.releases.get(release) for release in later_of(FIRST)}
    assert states == dict.fromkeys(states, "published") | HELD_BACK
    assert not later_of(OTHERS) & set(first_came.releases)
    failed = {source for source, said in first_came.sources.items() if said["problems"]}
    assert failed == set(sources_of(OTHERS))


@pytest.mark.parametrize("command", some_at_once(IN_FILES[1]))
def test_faults_in_files_of_the_others(
    publishers: AllPublishers, others_wait: Answered, command: Mapping[str, str]
) -> None:
    tried(publishers, command, "file")


def test_everything_is_published_in_the_end(publishers: AllPublishers, others_wait: Answered) -> None:
    came = publishers.refresh(later=THREE_HOURS)
    assert came.code == 1 and came.summary["published_now"] is True
    assert all(said["problems"] == [] for said in came.sources.values())
    states = {release: came.releases.get(release) for release in later_of((*FIRST, *OTHERS))}
    assert states == dict.fromkeys(states, "published") | HELD_BACK
    assert publishers.left_behind() == [] and publishers.unfinished == []
