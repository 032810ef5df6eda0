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
        (b"\xff\xfe\x00", "line 1", "is not UTF-8 text"),
        (b"a: 1\nb: caf\xe9\n", "line 2", "is not UTF-8 text (byte 0xe9). Save the file as UTF-8."),
        (b"a:\n\tb: 1\n", "line 2, column 1", "is indented with a tab"),
        (b"a: 1\nb: 2024-13-01\n", "line 2, column 4", "'2024-13-01' is not a day that exists"),
        (b"a: [1, .inf]\n", "line 1, column 8", "'.inf' is not a number that can be used"),
        (b"a: 1.0e+400\n", "line 1, column 4", "is not a number that can be used"),
        (b"a: .nan\n", "line 1, column 4", "is not a number that can be used"),
        (b"a: &a [*a]\n", "(whole file)", "an alias (*name) that contains itself"),
        (
            b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (at + 1, at + 1, b",".join([b"*%c" % at] * 10)) for at in range(97, 105)
            ),
            "(whole file)",
            "repeated without end",
        ),
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
        (b'{"a": NaN}', "NaN is not a number that can be used"),
    ],
)
def test_mistake_in_json_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        read_json(Path("suite.json"), content)
    assert reason in refused.value.reason
