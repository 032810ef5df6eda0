"""A file that is not YAML or JSON is refused with its place, and so is a key that a mapping has twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.document import read_json, read_yaml
from civic_assets.errors import ContractError

FILE = Path("breaks.yaml")


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", "line 4, column 3", "the key 'c' appears twice in one mapping"),
        (b"a: {b: 1, b: 1}\n", "line 1, column 11", "the key 'b' appears twice"),
        (b"a: [1\n", "line 2, column 1", "is not YAML"),
        (b"\xff\xfe\x00", "(whole file)", "is not YAML"),
    ],
)
def test_mistake_in_yaml_is_refused_with_its_place(content: bytes, place: str, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        read_yaml(FILE, content)
    assert refused.value.path == place
    assert reason in refused.value.reason


def test_key_that_a_merge_brings_may_be_written_again() -> None:
    assert read_yaml(FILE, b"x: &shared {a: 1}\ny:\n  <<: *shared\n  a: 2\n") == {
        "x": {"a": 1},
        "y": {"a": 2},
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "the key 'b' appears twice"),
        (b"name: x", "is not JSON"),
        (b"\xff", "is not JSON"),
    ],
)
def test_mistake_in_json_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        read_json(Path("suite.json"), content)
    assert reason in refused.value.reason
