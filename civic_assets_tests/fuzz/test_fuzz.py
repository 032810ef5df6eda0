"""A few of the inputs of `make fuzz`: each ends in a release or a sentence; and making inputs is what it should be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from civic_assets_tests.fuzz import campaign, corpus
from civic_assets_tests.fuzz.campaign import signatures_of
from civic_assets_tests.fuzz.changes import MOST_BYTES, made
from civic_assets_tests.fuzz.corpus import Seed, of_folder, shipped
from civic_assets_tests.fuzz.verdict import table

INPUTS, SEED = 150, 5
# The small files of every format are enough to reach every reader, and every parser that reads text.
SMALL = 3_000


def _small() -> list[Seed]:
    return [seed for seed in shipped() if len(seed.content) <= SMALL or seed.kind == "xls"]


def test_changed_files_end_in_a_release_or_a_sentence(tmp_path: Path) -> None:
    said: list[str] = []
    done = campaign.run(
        tmp_path, _small(), numbers=range(INPUTS), seed=SEED, minutes=10, progress=said.append
    )
    print("\n".join(table(done.tried)))
    assert done.faulty == [], said
    assert len(done.tried) == INPUTS
    outcomes = Counter(told["outcome"] for _, told in done.tried)
    assert min(outcomes["held back"], outcomes["refused"], outcomes["ignored"]) > 5
    assert list((tmp_path / "faults").iterdir()) == []


def test_same_seed_gives_the_same_inputs_of_bounded_size() -> None:
    seeds = list(shipped())
    inputs = [made(number, SEED, seeds) for number in range(150)]
    assert inputs == [made(number, SEED, seeds) for number in range(150)]
    assert [one.content for one in inputs] != [made(one.number, SEED + 1, seeds).content for one in inputs]
    assert max(len(one.content) for one in inputs) <= MOST_BYTES
    kinds = {one.kind.partition(":")[0] for one in inputs}
    assert kinds == {"csv", "json", "ods", "xls", "xlsx", "zip"}
    unchanged = {seed.content for seed in seeds}
    assert sum(one.content in unchanged for one in inputs) < len(inputs) / 10


def test_input_with_a_fault_is_kept_with_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign.Child, "tried", lambda *_, **__: {"died": "exit code -11"})
    said: list[str] = []
    done = campaign.run(tmp_path, _small(), numbers=range(3), seed=SEED, minutes=10, progress=said.append)
    assert len(done.faulty) == len(said) == 3
    kept = sorted(path.name for path in (tmp_path / "faults").iterdir())
    assert len(kept) == 6
    assert "the process ended" in (tmp_path / "faults" / kept[1]).read_text(encoding="utf-8")


def test_outcomes_that_differ_only_in_numbers_and_names_are_one() -> None:
    one = {
        "outcome": "refused",
        "sentences": ["000001 a.csv: has 7 rows of 'Islington'. Ask the publisher for it."],
    }
    two = {
        "outcome": "refused",
        "sentences": ["000002 b.csv: has 9,000 rows of 'Camden'. Ask the publisher for it."],
    }
    rest = {"processor": 0, "memory": 0, "before": 0}
    assert signatures_of({**one, **rest}) == signatures_of({**two, **rest})
    assert signatures_of({**one, **rest}) != signatures_of({**two, **rest, "checks": ["R-02"]})


def test_long_delimited_files_of_a_folder_are_cut_and_large_workbooks_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x\n" * 1000)
    (tmp_path / "b.xlsx").write_bytes(b"x" * (corpus.LARGEST + 1))
    (tmp_path / "c.json").write_bytes(b"[]")
    (tmp_path / "README.md").write_bytes(b"x")
    seeds = list(of_folder(tmp_path))
    assert [len(seed.content) for seed in seeds] == [2 * corpus.LINES_KEPT, 2]
