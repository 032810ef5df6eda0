"""Where a contract says that its files are found: what may be written, and what depends on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.acquisition import Wanted
from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts, read_contract
from civic_assets.defs.assets import version_of
from civic_assets.intake.recognition_cache import RecognitionCache

SHIPPED = sorted(load_contracts())


@pytest.mark.parametrize("source", SHIPPED)
def test_every_contract_says_where_its_files_are_found_or_why_they_are_not_offered(source: str) -> None:
    found = load_contracts()[source].acquisition
    assert found is not None
    assert bool(found.finder) or bool(found.not_offered)
    for place in found.places():
        assert place.wanted
        assert place.hosts


def test_no_contract_pins_an_address() -> None:
    for source in SHIPPED:
        found = load_contracts()[source].acquisition
        assert found is not None
        for place in found.places():
            texts = [*place.keys.values(), *place.query.values()]
            texts += [text for one in place.wanted for text in (one.title, one.file)]
            assert not [text for text in texts if "://" in text or "/download/" in text or "/media/" in text]


def _written(source: str = "met_ward") -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(
        (contracts_folder() / f"{source}.odcs.yaml").read_text(encoding="utf-8")
    )
    return document


def _read(document: dict[str, Any], value: Any, tmp_path: Path) -> list[str]:
    for one in document["customProperties"]:
        if one["property"] == "acquisition":
            one["value"] = value
    file = tmp_path / "met_ward.odcs.yaml"
    content = yaml.safe_dump(document, sort_keys=False).encode()
    return [f"{one.path}: {one.reason}" for one in read_contract(file, content)[1]]


PLACE = {
    "finder": "london_datastore",
    "hosts": ["data.london.gov.uk"],
    "dataset": "exy3m",
    "wanted": [{"name": "recent"}],
}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({**PLACE, "finder": "london_datastor"}, "did you mean 'london_datastore'?"),
        ({**PLACE, "page": "/here"}, "'page' means nothing to the finder london_datastore"),
        ({key: value for key, value in PLACE.items() if key != "dataset"}, "'dataset' is missing"),
        ({key: value for key, value in PLACE.items() if key != "hosts"}, "'hosts' is missing"),
        ({key: value for key, value in PLACE.items() if key != "wanted"}, "'wanted' is missing"),
        ({key: value for key, value in PLACE.items() if key != "finder"}, "'finder'"),
        ({**PLACE, "hosts": ["https://data.london.gov.uk/"]}, "hosts"),
        ({**PLACE, "wanted": [{"name": "recent", "title": "("}]}, "is not a regular expression"),
        ({**PLACE, "wanted": [{"name": "recent", "titl": "x"}]}, "did you mean 'title'?"),
        ({**PLACE, "wanted": [{"name": "recent"}, {"name": "recent"}]}, "have one name"),
        ({**PLACE, "also": [PLACE]}, "have one name"),
        ({**PLACE, "also": [{**PLACE, "dataset": ""}]}, "is empty"),
        ({**PLACE, "since": "yesterday"}, "since"),
        ({}, "needs a 'finder', or 'notOffered'"),
        ({"notOffered": ""}, "is empty"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, value: Any, says: str) -> None:
    problems = _read(_written(), value, tmp_path)
    assert problems
    assert says in problems[0]
    assert problems[0].startswith("customProperties(acquisition)")


def test_since_needs_a_reason(tmp_path: Path) -> None:
    import datetime

    since = {**PLACE, "since": datetime.date(2020, 1, 1)}
    assert "'because' is missing" in _read(_written(), since, tmp_path)[0]
    assert _read(_written(), {**since, "because": "each issue counts"}, tmp_path) == []


@pytest.mark.parametrize(
    "value", [PLACE, {"notOffered": "by hand"}, {**PLACE, "notOffered": "and some by hand"}]
)
def test_what_is_right_is_accepted(tmp_path: Path, value: Any) -> None:
    assert _read(_written(), value, tmp_path) == []


def test_what_a_contract_says_is_what_a_finder_gets() -> None:
    found = load_contracts()["ons_population"].acquisition
    assert found is not None
    assert [place.finder for place in found.places()] == [
        "ons_pages",
        "ons_pages",
        "nomis",
        "education_statistics",
    ]
    assert found.all_hosts[0] == "www.ons.gov.uk"
    assert "www.nomisweb.co.uk" in found.all_hosts
    nomis = list(found.places())[2]
    assert (nomis.keys, nomis.query["c_age"]) == ({"dataset": "NM_2002_1"}, "200")


@pytest.mark.parametrize(
    ("wanted", "title", "accepted"),
    [
        (Wanted("a", title="^MPS Ward"), "mps ward level crime", True),
        (Wanted("a", title="ward", exclude="historical"), "Ward level (Historical)", False),
        (Wanted("a"), "anything", True),
    ],
)
def test_titles_are_matched_without_regard_to_case(wanted: Wanted, title: str, accepted: bool) -> None:
    assert wanted.accepts(title) is accepted


def _edited(tmp_path: Path, change: Callable[[str], str]) -> tuple[Path, Path]:
    text = (contracts_folder() / "met_ward.odcs.yaml").read_text(encoding="utf-8")
    before, after = tmp_path / "before" / "met_ward.odcs.yaml", tmp_path / "after" / "met_ward.odcs.yaml"
    for file, content in ((before, text), (after, change(text))):
        file.parent.mkdir()
        file.write_text(content, encoding="utf-8")
    assert change(text) != text
    return before, after


def test_no_release_is_stale_when_only_the_place_of_its_files_changes(tmp_path: Path) -> None:
    before, after = map(
        load_contract, _edited(tmp_path, lambda text: text.replace("dataset: exy3m", "dataset: z9z9z"))
    )
    assert before.acquisition != after.acquisition
    assert before.sha256 != after.sha256
    assert before.reading_sha256 == after.reading_sha256
    assert version_of(before, "validated") == version_of(after, "validated")
    cache = RecognitionCache(tmp_path / "cache", {"met_ward": before})
    cache.put("0" * 64, {"sources": {"met_ward": "2025-12"}})
    cache.save()
    assert RecognitionCache(tmp_path / "cache", {"met_ward": after}).get("0" * 64) is not None


def test_releases_are_stale_when_anything_else_changes(tmp_path: Path) -> None:
    before, after = map(
        load_contract, _edited(tmp_path, lambda text: text.replace("months: 24", "months: 25"))
    )
    assert before.acquisition is not None
    assert before.acquisition == after.acquisition
    assert before.reading_sha256 != after.reading_sha256
    assert version_of(before, "validated") != version_of(after, "validated")
