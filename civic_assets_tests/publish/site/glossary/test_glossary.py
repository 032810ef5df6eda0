"""The glossary: that it has an entry for every word that it must have, and what its vocabulary demands.

Belongs here: the vocabulary, the page, and links to it from all pages of the sample's site. Does not belong here:
whether a meaning is well put.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import duckdb
import pytest
import yaml

from civic_assets.answers import words
from civic_assets.contracts.file_kinds import GLOSSARY
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.models.vocabularies.glossary import GlossaryVocabulary
from civic_assets.publish.bias.indicator import BIASES
from civic_assets.publish.site.addresses import glossary_entry
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search
from civic_assets.publish.site.glossary import documented
from civic_assets.publish.site.glossary.entries import sections
from civic_assets.publish.site.glossary.section import with_code
from civic_assets.publish.site.glossary.vocabulary import glossary, status_words
from civic_assets.values.cells import PERIOD_UNSETTLED, QUALIFYING, UNREADABLE
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.publish.site.areas.area_pages import by_id, with_class
from civic_assets_tests.shared_stores import Refreshed

FILE = contracts_folder() / GLOSSARY.pattern
CHECK = re.compile(r"\b[A-Z]-[0-9]{2}\b")
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def folder(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


@pytest.fixture(scope="module")
def page(folder: Path) -> Element:
    return read_page(folder / "glossary.html")


@pytest.fixture(scope="module")
def ids(page: Element) -> set[str]:
    return {one.attributes["id"] for one in page.all() if "id" in one.attributes}


def _entry(word: str) -> str:
    return glossary_entry(word).partition("#")[2]


def _document() -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _problems(document: dict[str, object]) -> list[str]:
    return [one.reason for one in GlossaryVocabulary.model_validate(document).contradictions()]


def test_the_file_has_no_problem() -> None:
    assert _problems(_document()) == []


def test_a_word_with_two_entries_is_refused() -> None:
    document = _document()
    document["words"].append({"word": "Held back", "group": "files", "means": "Kept."})  # type: ignore[attr-defined]
    assert "the word 'Held back' is already in words[" in " ".join(_problems(document))


def test_an_unknown_group_and_an_empty_one_are_refused() -> None:
    document = _document()
    document["words"][0]["group"] = "flies"  # type: ignore[index]
    assert "no group is called 'flies'; did you mean 'files'?" in " ".join(_problems(document))
    document = _document()
    document["groups"]["empty"] = "Nothing"  # type: ignore[index]
    assert any("has no word" in one for one in _problems(document))


def test_every_status_that_a_figure_can_have_is_explained(ids: set[str]) -> None:
    marks = {
        symbol.status
        for contract in load_contracts().values()
        for symbols in (contract.symbols, *(table.symbols or {} for table in contract.tables))
        for symbol in symbols.values()
        if symbol.status
    }
    columns = {
        column.status
        for contract in load_contracts().values()
        for table in contract.tables
        for column in table.columns
        if column.status
    }
    quality = set(get_args(words.FigureQuality)) - {"ok"}
    every = {*marks, *columns, *quality, *QUALIFYING, UNREADABLE, PERIOD_UNSETTLED, "incomplete", "corrected"}
    assert len(marks) >= 5
    assert {status for status in every if _entry(status) not in ids} == set()


def test_a_status_is_never_an_identifier() -> None:
    assert status_words("not_available") == "not available"
    assert status_words("a_new_one") == "a new one"
    assert not any("_" in one.title for one in glossary().statuses.values())


def test_every_word_of_results_is_explained(ids: set[str]) -> None:
    listed = (*get_args(words.CheckOutcome), *get_args(words.Severity), *get_args(words.NotEvaluatedReason))
    for word in (*listed, *get_args(words.CheckLayer), "held_back", "flag", "clear"):
        assert not word or _entry(word) in ids, word


def test_every_check_and_its_kinds_are_explained(sample_refresh: Refreshed, page: Element) -> None:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        checks = connection.execute("SELECT DISTINCT check_id, name FROM catalogue.checks").fetchall()
        kinds = connection.execute(
            "SELECT DISTINCT unnest([dimension, severity, scope]) FROM catalogue.checks"
        ).fetchall()
    assert len(checks) > 80
    for check, name in checks:
        assert by_id(page, _entry(check)).text == f"{check} {name}"
    for (word,) in kinds:
        assert by_id(page, _entry(word)).tag == "dt"


def test_a_check_says_what_it_states_and_what_it_does_not_show(page: Element) -> None:
    entry = by_id(page, "word-V-12")
    assert entry.parent is not None
    after = entry.parent.children[entry.parent.children.index(entry) + 1]
    assert "residential" in after.text and "Does not show:" in after.text and "validity" not in after.text


def test_every_bias_and_indicator_is_explained(
    sample_refresh: Refreshed, page: Element, ids: set[str]
) -> None:
    assert set(glossary().biases) == set(BIASES)
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT DISTINCT bias, indicator FROM quality.bias_register").fetchall()
    assert len(rows) > 15
    assert {name for row in rows for name in row if _entry(name) not in ids} == set()


def test_every_check_and_status_on_any_page_has_an_entry_and_its_link_resolves(
    folder: Path, ids: set[str]
) -> None:
    checks, linked = set(), set()
    titles = {one.title: name for name, one in glossary().statuses.items()}
    for file in folder.rglob("*.html"):
        found = read_page(file)
        (main,) = found.all("main")
        checks |= set(CHECK.findall(main.text))
        for one in with_class(main, "status"):
            assert one.tag == "a", (file.name, one.text)
            name = titles[one.text]
            assert one.attributes["href"].endswith(glossary_entry(name)), (file.name, one.text)
        linked |= {
            one.attributes["href"].partition("#")[2]
            for one in found.all("a")
            if "glossary.html#" in one.attributes.get("href", "")
        }
    assert len(checks) > 80 and {check for check in checks if _entry(check) not in ids} == set()
    assert {_entry("suppressed"), _entry("V-12")} <= linked
    assert linked <= ids


def test_two_meanings_of_a_name_have_two_entries_that_are_linked(
    sample_refresh: Refreshed, page: Element
) -> None:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        entries = [one for part in sections(connection) for one in part.entries]
    twice = [one for one in entries if one.others]
    assert "suppressed" in {one.name for one in twice}
    for one in twice:
        for address in one.others:
            assert by_id(page, address.partition("#")[2]).tag == "dt"
    assert len({one.anchor for one in entries}) == len(entries)


def test_names_between_backticks_are_code_and_everything_is_escaped() -> None:
    assert str(with_code("a `b_c` & <d>")) == "a <code>b_c</code> &amp; &lt;d&gt;"


def test_page_is_not_too_large(folder: Path) -> None:
    assert (folder / "glossary.html").stat().st_size < MOST_BYTES


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("survivorship bias", "survivorship"), ("held back", "held back"), ("waiver", "waiver"),
        ("vintage", "vintage"), ("suppressed by the publisher", "suppressed"), ("not evaluated", "not evaluated"),
        ("legal basis", "legal basis"),
    ],
)  # fmt: skip
def test_words_are_found_by_the_search(folder: Path, typed: str, first: str) -> None:
    search = Search(read_script(folder / INDEX_FILE), read_script(folder / FIGURES_FILE))
    found = [one for one in search.find(typed).results if one.kind == "word"]
    assert (found[0].id, found[0].address) == (first, glossary_entry(first))


def test_page_of_the_documentation_is_that_of_the_vocabulary() -> None:
    file = PROJECT / "docs" / "reference" / "glossary.md"
    assert file.read_text(encoding="utf-8") == documented.page(), (
        "run: python -m civic_assets.publish.site.glossary.documented > docs/reference/glossary.md"
    )
