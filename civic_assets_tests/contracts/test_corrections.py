"""A correction says who, what, why and on what evidence, or is refused with file and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.corrections import load_corrections, words
from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError

GOOD: dict[str, Any] = {
    "id": "islington-burglary-2020",
    "source": "gla_report",
    "release": "2023-05",
    "locator": "L30:year 1",
    "expect": "1208",
    "corrected": 2108,
    "reason": "Two digits are exchanged.",
    "evidence": "Table C2 of the year ending December 2020, cell H230, prints 2,108.",
    "reported_to": "the report's authors, by letter of 3 June 2023",
    "author_role": "head of statistics",
    "date": date(2023, 6, 5),
}
FIGURE = {
    "measure": "burglary", "area": "E09000019", "start": date(2020, 1, 1), "end": date(2021, 1, 1), "unit": "count",
}  # fmt: skip


def folder_with(tmp_path: Path, *entries: dict[str, Any]) -> Path:
    """A folder of contracts with the report's contract and some corrections."""
    (tmp_path / "corrections").mkdir(exist_ok=True)
    contract = "gla_report.odcs.yaml"
    (tmp_path / contract).write_bytes((contracts_folder() / contract).read_bytes())
    for entry in entries:
        file = tmp_path / "corrections" / f"{entry.get('id', 'x')}.yaml"
        file.write_text(yaml.safe_dump(entry), encoding="utf-8")
    return tmp_path


def test_no_decision_ships_that_nobody_made() -> None:
    assert load_corrections([contracts_folder()]) == ()


def test_correction_is_read_whole(tmp_path: Path) -> None:
    (one,) = load_corrections([folder_with(tmp_path, GOOD)])
    assert (one.id, one.source, one.release, one.edition) == (GOOD["id"], "gla_report", "2023-05", "")
    assert (one.locator, one.expect, one.corrected, one.decided) == (
        "L30:year 1", "1208", 2108.0, date(2023, 6, 5),
    )  # fmt: skip


def test_correction_may_name_a_figure_in_every_issue_of_an_edition(tmp_path: Path) -> None:
    entry = {k: v for k, v in GOOD.items() if k not in ("release", "locator")}
    (one,) = load_corrections([folder_with(tmp_path, {**entry, "edition": "2023-05", "figure": FIGURE})])
    assert one.figure is not None
    assert (one.edition, one.figure.area, one.figure.breakdown) == ("2023-05", "E09000019", "total")


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "without evidence": ({"evidence": ...}, "(top)", "'evidence' is missing"),
    "blank reason": ({"reason": " "}, "reason", "is empty"),
    "nobody decided": ({"author_role": ...}, "(top)", "'author_role' is missing"),
    "reported to nobody": ({"reported_to": ...}, "(top)", "'reported_to' is missing"),
    "no guard": ({"expect": ...}, "(top)", "'expect' is missing"),
    "guard of an empty cell": ({"expect": ""}, "expect", "what a publisher left out stays out"),
    "nothing corrected": ({"expect": 2108}, "corrected", "as printed"),
    "corrected to a text": ({"corrected": "2108"}, "corrected", "expected a number"),
    "unknown key": ({"value": 1}, "value", "unknown key 'value'"),
    "source without a contract": ({"source": "ons_cps"}, "source", "has no contract"),
    "release and edition": ({"edition": "2023-05"}, "(top)", "either 'release'"),
    "cell and figure": ({"figure": FIGURE}, "(top)", "either 'locator'"),
    "neither cell nor figure": ({"locator": ...}, "(top)", "either 'locator'"),
    "date as text": ({"date": "June 2023"}, "date", "expected a day"),
    "period backwards": (
        {"locator": ..., "figure": {**FIGURE, "end": date(2019, 1, 1)}}, "figure", "not after it starts",
    ),
    "id is no name": ({"id": "Burglary 2020"}, "id", "names its file"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_with_file_and_key(mistake: str, tmp_path: Path) -> None:
    change, key, words_of_it = MISTAKES[mistake]
    entry = {name: value for name, value in {**GOOD, **change}.items() if value is not ...}
    with pytest.raises(ContractError) as refused:
        load_corrections([folder_with(tmp_path, entry)])
    assert refused.value.path == key
    assert words_of_it in refused.value.reason
    assert refused.value.file.endswith(".yaml")


def test_file_is_named_after_its_decision(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD)
    (folder / "corrections" / f"{GOOD['id']}.yaml").rename(folder / "corrections" / "other.yaml")
    with pytest.raises(ContractError, match="names its file"):
        load_corrections([folder])


def test_two_decisions_on_one_cell_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="decides on the same figure"):
        load_corrections([folder_with(tmp_path, GOOD, {**GOOD, "id": "again", "corrected": 2109})])


def test_every_word_of_a_decision_counts_for_the_publication(tmp_path: Path) -> None:
    (before,) = words(load_corrections([folder_with(tmp_path, GOOD)]))
    for key, other in {"reason": "Another.", "evidence": "Other.", "corrected": 2107, "expect": 1208}.items():
        (after,) = words(load_corrections([folder_with(tmp_path, {**GOOD, key: other})]))
        assert after != before, key
