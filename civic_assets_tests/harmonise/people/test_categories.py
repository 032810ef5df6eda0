"""One scheme of demographic categories: every word that occurs is in it, and what is lost is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError, ContractError
from civic_assets.harmonise.people import categories
from civic_assets.harmonise.people.categories import Fit, scheme
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.sources.dfe.layouts import broken_down
from civic_assets_tests.paths import FIXTURES

# Sources that break people down; the others' breakdowns are classes of offence.
ABOUT_PEOPLE = (
    "dfe_children_in_need",
    "dfe_exclusions",
    "dfe_lait",
    "dfe_looked_after",
    "dfe_neet",
    "dfe_sen",
    "ons_population",
)


def breakdowns_of(contract: Contract) -> set[str]:
    """Breakdowns that a contract gives its columns, and words that it maps to."""
    found = {column.breakdown for table in contract.tables for column in table.columns}
    options = contract.parser.options
    found |= {entry.breakdown for entry in contract.measure_labels.values() if entry.breakdown}
    found |= {broken_down("phase", word) for word in dict(options.get("phases") or {}).values()}
    found |= {
        broken_down("social_care_group", word)
        for word in dict(options.get("socialCareGroups") or {}).values()
    }
    return found


@pytest.mark.parametrize("source", ABOUT_PEOPLE)
def test_every_demographic_word_of_contract_and_fixtures_is_in_the_scheme(source: str) -> None:
    contracts = load_contracts()
    used = {(source, breakdown) for breakdown in breakdowns_of(contracts[source])}
    folder = FIXTURES / source
    for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
        if path.suffix in (".md", ".yaml"):
            continue
        grid = read_grid(path)
        for found in recognise(grid, contracts):
            parsed = parser_of(found.contract).parse(grid, found.found, found.contract)
            used |= {(source, text) for text in parsed.observations["breakdown"].unique().to_pylist()}
    assert scheme().unknown_words(used) == []


def test_no_key_of_any_contract_is_without_a_meaning() -> None:
    used = {(source, text) for source, own in load_contracts().items() for text in breakdowns_of(own)}
    assert scheme().unknown_words(used) == []


@pytest.mark.real_data
def test_every_breakdown_of_the_real_files_is_in_the_scheme(real_data: Path) -> None:
    contracts = load_contracts()
    used: set[tuple[str, str]] = set()
    for path in sorted(path for path in real_data.rglob("*.csv") if path.parent.name.startswith("dfe-")):
        try:
            grid = read_grid(path)
            recognised = recognise(grid, contracts)
        except CivicError:
            continue
        for found in recognised:
            if found.contract.source in ABOUT_PEOPLE:
                parsed = parser_of(found.contract).parse(grid, found.found, found.contract)
                used |= {
                    (found.contract.source, text)
                    for text in parsed.observations["breakdown"].unique().to_pylist()
                }
    assert len(used) > 20
    assert scheme().unknown_words(used) == []


@pytest.mark.parametrize(
    ("key", "word", "code"),
    [
        ("sex", "female", "female"),
        ("gender", "Boys", "male"),
        ("gender", "Gender female", "female"),
        ("sen", "EHCP", "ehc_plan"),
        ("sen provision", "Education, health and care plan", "ehc_plan"),
        ("sen", "none", "no_sen"),
        ("phase", "State-funded primary", "primary"),
        ("ethnicity minor", "Ethnicity Minor White and Asian", "white_and_asian"),
        ("ethnicity", "White - White British", "white_british"),
        ("ethnicity", "Mixed - Any other Mixed background", "other_mixed"),
        ("ethnicity major", "Ethnicity Major Mixed Total", "mixed"),
        ("ethnicity", "Gypsy or Irish Traveller", "gypsy_or_irish_traveller"),
        ("fsm", "FSM - Eligible", "eligible"),
        ("sex", "total", "total"),
    ],
)
def test_publishers_words_mean_one_category(key: str, word: str, code: str) -> None:
    meaning = scheme().meaning(key, word)
    assert meaning is not None
    assert meaning.category is not None
    assert (meaning.category.code, meaning.fit) == (code, Fit.EXACT)


@pytest.mark.parametrize(
    ("key", "word", "source", "code", "fit"),
    [
        ("ethnicity", "asian or asian british", "dfe_looked_after", "asian", Fit.NARROWER),
        ("ethnicity", "other ethnic groups", "dfe_looked_after", "other", Fit.BROADER),
        ("ethnicity major", "Ethnicity Major Asian Total", "dfe_exclusions", "asian", Fit.NARROWER),
        ("ethnicity", "White - Gypsy/Roma", "dfe_exclusions", "white", Fit.NARROWER),
        ("ethnicity", "White - Traveller of Irish heritage", None, "gypsy_or_irish_traveller", Fit.NARROWER),
        ("ethnicity", "Ethnicity Minority ethnic pupil", "dfe_exclusions", None, Fit.NOT_COMPARABLE),
        ("social_care_group", "child in need", "dfe_exclusions", "child_in_need", Fit.NARROWER),
    ],
)
def test_a_word_that_fits_no_category_exactly_says_what_is_lost(
    key: str, word: str, source: str | None, code: str | None, fit: Fit
) -> None:
    meaning = scheme().meaning(key, word, source)
    assert meaning is not None
    assert (meaning.category.code if meaning.category else None, meaning.fit) == (code, fit)
    assert meaning.loss


def test_every_word_that_is_not_exact_states_its_loss() -> None:
    file = contracts_folder() / "vocabularies" / "categories.yaml"
    for name, dimension in yaml.safe_load(file.read_text(encoding="utf-8"))["scheme"].items():
        for key in dimension["keys"]:
            for word in dimension["words"]:
                found = scheme().meaning(key, word, (dimension.get("sources") or [None])[0])
                assert found is not None, (name, word)
                assert found.fit is Fit.EXACT or found.loss


def test_ethnicity_is_the_harmonised_grouping_of_five_and_nineteen() -> None:
    known = [one for one in scheme().categories("ethnicity") if one.code != "not_known"]
    assert [one.code for one in known if one.part_of is None] == ["white", "mixed", "asian", "black", "other"]
    minor = [one for one in known if one.part_of]
    assert len(minor) == 19
    assert len([one for one in minor if one.since is None]) == 18, "Roma was added in 2021"
    assert scheme().categories("unknown") == ()


def test_an_unknown_word_is_reported_and_never_mapped_to_the_nearest() -> None:
    assert scheme().meaning("sex", "femal") is None
    assert scheme().meaning("colour", "red") is None
    assert scheme().meaning("group", "vulnerable", "home_office_prc") is None
    found = scheme().unknown_words(
        [("dfe_neet", "sex=other;age=16"), ("dfe_neet", "colour=red"), ("dfe_neet", "total")]
    )
    assert [(one.key, one.word) for one in found] == [("colour", ""), ("sex", "other")]
    assert "does not have" in found[0].reason


def test_a_breakdown_is_read_dimension_by_dimension() -> None:
    found = scheme().meanings("age=16;phase=special;sen=ehcp;sex=girls", "dfe_exclusions")
    assert {name: one.category.code for name, one in found.items() if one.category} == {
        "education_phase": "special",
        "sen_provision": "ehc_plan",
        "sex": "female",
    }


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("      girls: female", "      girls: femal", "is not a category"),
        ("      girls: female", "      Girls: female", "must be written as in breakdowns"),
        (
            "      girls: female",
            "      girls: {is: female, fit: roughly, loss: x}",
            "'roughly' is not one of",
        ),
        ("      girls: female", "      girls: {is: female, fit: narrower}", "'loss' is missing"),
        ("      girls: female", "      girls: {is: female, fit: not_comparable, loss: x}", "one of the two"),
        ("part_of: mixed", "part_of: mixt", "is not written above it"),
        ("    keys: [sex, gender]", "    kees: [sex, gender]", "unknown key 'kees'"),
    ],
)
def test_a_mistake_in_the_vocabulary_is_named_with_its_place(
    old: str, new: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (contracts_folder() / "vocabularies" / "categories.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "vocabularies").mkdir()
    (tmp_path / "vocabularies" / "categories.yaml").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(categories, "contracts_folder", lambda: tmp_path)
    with pytest.raises(ContractError, match=why):
        categories.scheme()
