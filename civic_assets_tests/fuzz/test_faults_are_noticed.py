"""Whatever must not happen with an input is noticed, with readers that do it on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets_tests.fuzz import verdict
from civic_assets_tests.fuzz.campaign import Child
from civic_assets_tests.fuzz.misbehaving import MEMORY
from civic_assets_tests.fuzz.shrink import smaller
from civic_assets_tests.fuzz.verdict import faults_of, is_sentence, kinds_of, table

READER = "civic_assets_tests.fuzz.misbehaving:reader"


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    with Child(tmp_path_factory.mktemp("child"), READER, seconds=1, clock=4) as one:
        yield one


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("well", ""),
        ("escaped", "escaped: KeyError: 'a reader that lets an error escape'"),
        ("traceback", "traceback: KeyError: 'x'"),
        ("short", "sentence: 'It is damaged.'"),
        ("no full stop", "sentence: 'the program did not expect this"),
        ("unseen", r"sentence: \"The sheet '\x1b[2J'"),
        ("nothing said", "nothing says why"),
        ("outcome", "nothing says what became of it"),
        ("outside", "outside: opened for writing: "),
        ("renamed", "outside: os.rename: "),
        ("removed", "outside: os.remove: "),
        ("linked", "outside: os.symlink: "),
        ("native", "left: empty/native"),
        ("left", "left: store/left"),
        ("socket", "outside: socket.connect: "),
        ("process", "outside: subprocess.Popen: "),
        ("well again", ""),
        ("crash", "crash: the process ended (exit code 3)"),
        ("slow", "hang: no end after "),
        ("asleep", "hang: no end after "),
        ("well at the end", ""),
    ],
)
def test_fault_of_one_input_is_named_and_the_next_is_tried(
    child: Child, tmp_path_factory: pytest.TempPathFactory, what: str, fault: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "input"
    path.write_text(what, encoding="utf-8")
    faults = faults_of(child.tried(path))
    if not fault:
        assert faults == []
    else:
        assert any(fault.replace('\\"', '"') in one.replace("\x1b", "\\x1b") for one in faults), faults


def test_memory_of_one_input_is_measured(
    child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "input"
    path.write_text("memory", encoding="utf-8")
    told = child.tried(path)
    assert faults_of(told) == []
    assert MEMORY * 0.9 < told["memory"] - told["before"] < MEMORY * 2
    monkeypatch.setattr(verdict, "MOST_MEMORY", MEMORY // 2)
    assert any(fault.startswith("memory: ") for fault in faults_of(told))
    monkeypatch.setattr(verdict, "MOST_SECONDS", -1)
    assert any(fault.startswith("time: ") for fault in faults_of(told))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("file.csv: is empty (0 bytes). Download the file again.", True),
        ("R-06: L2:C contains 'u'. Ask the publisher. (and 29 more)", True),
        ("file.csv: is empty (0 bytes). Download the file again", False),
        ("It is empty.", False),
        ("Traceback (most recent call last): and so on and on.", False),
        ("The sheet 'a\u2028b' has no tables of a source with a contract.", False),
    ],
)
def test_sentence_is_long_ended_and_can_be_seen(text: str, sentence: bool) -> None:
    assert is_sentence(text) is sentence


def test_kinds_tell_one_error_from_another_and_the_table_counts_them() -> None:
    died = {"died": "exit code -11"}
    assert kinds_of(["traceback: KeyError: 'a'", "traceback: ValueError: b", "hang: no"]) == {
        "traceback: KeyError", "traceback: ValueError", "hang",
    }  # fmt: skip
    well = {
        "outcome": "published",
        "checks": ["V-02"],
        "processor": 1.5,
        "seconds": 2,
        "memory": 2**21,
        "before": 2**20,
    }
    lines = table([("csv: bytes", well), ("csv: bytes", died), ("csv: cells", well)])
    assert lines[2].split() == ["csv:", "bytes", "2", "1", "0", "0", "0", "1"]
    assert lines[4].split() == ["all", "3", "2", "0", "0", "0", "1"]
    assert "V-02 2" in lines[6] and "1.5 s" in lines[7] and "1 MiB" in lines[7]


def test_input_is_made_smaller_as_long_as_its_fault_remains() -> None:
    tried = []

    def still(content: bytes) -> bool:
        tried.append(content)
        return b"z" in content

    assert smaller(b"a" * 1000 + b"z" + b"b" * 900, still) == b"z"
    assert len(tried) <= 120
    assert smaller(b"abc", lambda _: False) == b"abc"
