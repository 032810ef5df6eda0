"""One whole command in which publishers have faults, and everything that must follow from them.

Belongs here: running it, and what is asserted of its answer and of the store. Does not belong here: which commands
there are (`faults`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from civic_assets_tests.acquire.matrix.faults import BY_NAME, CAUSES, PUBLISHERS, asks
from civic_assets_tests.acquire.matrix.publishers import AllPublishers

THREE_HOURS = 3 * 3600


# Every test of the suite tries one command of so many; the others are tried in the exhaustive run.
_EVERY = 12


def in_words(command: Mapping[str, str]) -> str:
    return "+".join(f"{name}-{kind}" for name, kind in command.items())


def some_at_once(commands: Sequence[Mapping[str, str]]) -> list[Any]:
    """The commands as parameters of a test, most of them marked as exhaustive; faults by themselves are all tried."""
    return [
        pytest.param(
            command, id=in_words(command), marks=() if number % _EVERY == 0 else (pytest.mark.exhaustive,)
        )
        for number, command in enumerate(commands)
    ]


def tried(publishers: AllPublishers, command: Mapping[str, str], place: str) -> None:
    """Run a command in which some publishers have a fault, and check all that must follow."""
    before = publishers.state()
    came = publishers.refresh(
        *(BY_NAME[name].fault(kind, place, publishers.server) for name, kind in command.items()),
        later=THREE_HOURS,
    )
    assert came.code == 3, came.code
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
    changed = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    assert not changed, changed
    assert came.summary["published_now"] is False
    assert not publishers.left_behind(), publishers.left_behind()
