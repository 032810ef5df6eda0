"""The vocabulary of themes: what it demands, and that it is refused when it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from civic_assets.contracts.file_kinds import THEMES
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.models.vocabularies.themes import BiasName, ThemeVocabulary
from civic_assets.errors import ContractError
from civic_assets.publish.bias.indicator import BIASES
from civic_assets.publish.site.measures import words
from civic_assets.publish.site.themes.vocabulary import _read, themes
from civic_assets.quality.file_demands import DEMANDS

FILE = contracts_folder() / THEMES.pattern


def _document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _read_changed(folder: Path, document: dict[str, Any]) -> None:
    file = folder / "themes.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    _read(file)


def test_the_file_has_no_problem_and_the_themes_of_the_report() -> None:
    made = ThemeVocabulary.model_validate(_document())
    assert [*made.contradictions(), *DEMANDS[THEMES.name](made, FILE)] == []
    assert list(themes().themes) == [
        "young_peoples_safety", "knife_crime", "exclusions", "neet", "care", "send", "neighbourhood_crime",
    ]  # fmt: skip


def test_biases_are_those_of_the_register() -> None:
    assert set(get_args(BiasName)) == set(BIASES) == set(words.BIASES)


def test_an_unknown_measure_is_refused_when_the_file_is_read(tmp_path: Path) -> None:
    document = _document()
    measures = document["themes"]["neighbourhood_crime"]["measures"]
    measures["burgulary"] = measures["bicycle_theft"]
    with pytest.raises(
        ContractError, match=r"themes\.neighbourhood_crime\.measures.*'burgulary'.*mean 'burglary'"
    ):
        _read_changed(tmp_path, document)


def test_an_indicator_may_be_a_measure_of_a_theme() -> None:
    assert "young_population" in themes().themes["young_peoples_safety"].measures


def test_an_unknown_unit_is_refused_when_the_file_is_read(tmp_path: Path) -> None:
    document = _document()
    document["themes"]["care"]["boroughs"][0]["unit"] = "per_1000_populaton"
    with pytest.raises(ContractError, match=r"themes\.care\.boroughs\[0\]\.unit.*is not a unit"):
        _read_changed(tmp_path, document)


def test_a_column_of_a_measure_of_another_theme_is_refused(tmp_path: Path) -> None:
    document = _document()
    document["themes"]["care"]["boroughs"][0]["measure"] = "burglary"
    with pytest.raises(ContractError, match=r"themes\.care\.boroughs.*not one of the measures of this theme"):
        _read_changed(tmp_path, document)


def test_a_column_that_appears_twice_is_refused(tmp_path: Path) -> None:
    document = _document()
    columns = document["themes"]["care"]["boroughs"]
    columns.append(dict(columns[0]))
    with pytest.raises(ContractError, match=r"boroughs\[5\].*appears twice"):
        _read_changed(tmp_path, document)


def test_two_themes_of_one_title_are_refused(tmp_path: Path) -> None:
    document = _document()
    document["themes"]["send"]["title"] = "Knife crime"
    with pytest.raises(ContractError, match=r"themes\.send\.title.*already the title of themes\.knife_crime"):
        _read_changed(tmp_path, document)


def test_an_unknown_bias_and_a_misspelt_key_are_refused(tmp_path: Path) -> None:
    document = _document()
    document["themes"]["send"]["biases"]["guessing"] = "Not a bias."
    with pytest.raises(ContractError, match="guessing"):
        _read_changed(tmp_path, document)
    document = _document()
    document["themes"]["send"]["measure"] = document["themes"]["send"].pop("measures")
    with pytest.raises(ContractError, match="measure"):
        _read_changed(tmp_path, document)
