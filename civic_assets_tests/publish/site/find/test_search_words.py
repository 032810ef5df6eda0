"""The vocabulary of words that people search for: what it demands, and that its words find what they should."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from civic_assets.contracts.file_kinds import SEARCH_WORDS
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.models.vocabularies.search_words import SearchWords
from civic_assets.contracts.typed_file import read_valid
from civic_assets.errors import ContractError
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search
from civic_assets.publish.site.titles import search_words
from civic_assets.quality.file_demands import DEMANDS
from civic_assets_tests.shared_stores import Refreshed

FILE = contracts_folder() / SEARCH_WORDS.pattern


def _problems(document: dict[str, object]) -> list[str]:
    made = SearchWords.model_validate(document)
    return [problem.reason for problem in (*made.contradictions(), *DEMANDS[SEARCH_WORDS.name](made, FILE))]


def _document() -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def test_the_file_has_no_problem() -> None:
    assert _problems(_document()) == []


@pytest.mark.parametrize(
    ("section", "name", "key"), [("words", "mugging", "measures"), ("not_held", "hate_crime", "nearest")]
)
def test_an_unknown_measure_is_refused_with_the_nearest(section: str, name: str, key: str) -> None:
    document = _document()
    document[section][name][key] = ["robery"]  # type: ignore[index]
    assert "did you mean 'robbery'?" in " ".join(_problems(document))


def test_a_title_of_an_unknown_measure_is_refused() -> None:
    document = _document()
    document["titles"]["robery"] = "Robbery in the street"  # type: ignore[index]
    assert "did you mean 'robbery'?" in " ".join(_problems(document))


def test_two_measures_with_one_title_are_refused() -> None:
    document = _document()
    document["titles"]["robbery"] = "suspensions, rate"  # type: ignore[index]
    assert "suspension_rate is called so too" in " ".join(_problems(document))


def test_an_unknown_area_is_refused() -> None:
    document = _document()
    document["areas"] = {"E09009999": ["Nowhere"]}
    assert "E09009999" in " ".join(_problems(document))


def test_a_word_with_two_meanings_is_refused() -> None:
    document = _document()
    document["not_held"]["housing"]["words"].append("Mugging")  # type: ignore[index]
    assert "'Mugging' is already in words.mugging" in " ".join(_problems(document))


def test_a_word_that_is_written_twice_is_refused() -> None:
    document = _document()
    document["words"]["mugging"]["words"].append("Mugger")  # type: ignore[index]
    assert "a word is written twice" in " ".join(_problems(document))


def test_a_misspelt_key_is_refused_with_its_place(tmp_path: Path) -> None:
    document = _document()
    document["not_held"]["housing"]["heldby"] = document["not_held"]["housing"].pop("held_by")  # type: ignore[index]
    file = tmp_path / "search_words.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(ContractError, match=r"not_held\.housing"):
        read_valid(SEARCH_WORDS, file)


def test_each_word_finds_its_entry_first(sample_refresh: Refreshed) -> None:
    site = sample_refresh.store / "report"
    search = Search(read_script(site / INDEX_FILE), read_script(site / FIGURES_FILE))
    known = search_words()
    pages = {
        f"page_{address.partition('#')[2].replace('-', '_')}": page for address, page in known.pages.items()
    }
    for kind, entries in (("word", known.words), ("not_held", known.not_held), ("word", pages)):
        for name, entry in entries.items():
            for word in (entry.title, *(entry.words or ())):
                found = [one for one in search.find(word).results if one.kind == kind]
                assert name in [one.id for one in found[:3]], (word, [one.id for one in found[:3]])
