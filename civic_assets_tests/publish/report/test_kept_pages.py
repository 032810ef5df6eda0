"""A report that keeps what has not changed equals one that is built from nothing, byte for byte."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.judgement import judge_published
from civic_assets.publish.publication import publish
from civic_assets.publish.report import cells, shown_cells
from civic_assets.publish.site.build import build, folder_of
from civic_assets.publish.site.quality.page import Page, Renderer, in_parts, plain
from civic_assets.publish.site.record import RECORD
from civic_assets_tests.publish.report.stores import add

FIRST, SECOND = "synthetic-csp-tables-2021-12.xlsx", "synthetic-csp-tables-2022-12.xlsx"
WAIVER = f"""
waivers:
  - id: captions-2023
    check: V-09
    source: gla_report
    release: 2023-05
    cells: ["L10:Percentage (Islington)"]
    reason: The publisher was asked, and has answered that the captions stay as they are.
    author_role: analyst
    date: {date.today()}
    expires: {date.today() + timedelta(days=30)}
"""


class _Spy:
    """Pages that are rendered, and releases whose raw table is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rendered: list[str] = []
        self.read: list[str] = []
        new = Renderer.new

        def rendered(renderer: Renderer, page: Page) -> str:
            self.rendered.append(page.address)
            return new(renderer, page)

        def read(*given: object) -> object:
            self.read.append(f"{given[1].source} {given[1].release}")  # type: ignore[attr-defined]
            return cells.neighbours_of(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(Renderer, "new", rendered)
        monkeypatch.setattr(shown_cells, "neighbours_of", read)

    def clear(self) -> None:
        self.rendered.clear()
        self.read.clear()


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> _Spy:
    return _Spy(monkeypatch)


@pytest.fixture
def contracts_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contracts that ship, where a test may change them."""
    folder = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "contracts"))
    monkeypatch.setenv("CIVIC_CONTRACTS", str(folder))
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    """Content of all files but the record, which has the times at which they were written."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != RECORD]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def _from_nothing(store: Store, tmp_path: Path) -> dict[str, bytes]:
    """The report that a store without any report or cells would build of the same publication."""
    copy = Store(Path(shutil.copytree(store.root, tmp_path / "copy")))
    for name in ("report", "shown_cells"):
        shutil.rmtree(copy.root / name)
    build(copy)
    files = _files(folder_of(copy))
    shutil.rmtree(copy.root)
    return files


def _given(folder: Path, *names: str) -> Path:
    folder.mkdir()
    (folder / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
    for name in names:
        (folder / name).write_bytes(workbook_bytes(EDITIONS[name]))
    return folder


def _changes(store: Store, contracts_folder: Path, tmp_path: Path) -> Iterator[tuple[str, set[str]]]:
    """Makes one change after the other; yields what it is, and pages of sources that it cannot concern."""
    add(store, _given(tmp_path / "first", FIRST))
    yield "first publication", set()
    judge_published(store)
    yield "the suites have judged", {"dfe_lait", "met_ward"}
    add(store, _given(tmp_path / "second", SECOND))
    judge_published(store)
    yield "a new release", {"dfe_lait", "met_ward"}
    (contracts_folder / "waivers.yaml").write_text(WAIVER, encoding="utf-8")
    add(store, tmp_path / "second")
    yield "a new waiver", {"dfe_lait", "ons_csp"}
    contract = contracts_folder / "met_ward.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    assert "purpose:" in text
    contract.write_text(
        re.sub(r"purpose: *(>-?\n *)?", r"\g<0>In other words: ", text, count=1), encoding="utf-8"
    )
    add(store, tmp_path / "second")
    yield "a changed contract", {"dfe_lait", "ons_csp", "gla_report"}
    publish(store, load_contracts(), profile="local", without=[("ons_csp", "2022-12")])
    yield "a withdrawn release", {"dfe_lait", "home_office_prc"}


@pytest.mark.exhaustive
def test_report_after_each_change_is_one_from_nothing(
    tmp_path: Path, contracts_folder: Path, spy: _Spy
) -> None:
    store = Store(tmp_path / "store")
    for what, untouched in _changes(store, contracts_folder, tmp_path):
        spy.clear()
        build(store)
        rendered = set(spy.rendered)
        assert not {name for name in rendered for source in untouched if _is_about(name, source)}, what
        assert _files(folder_of(store)) == _from_nothing(store, tmp_path), what


def _is_about(address: str, source: str) -> bool:
    return address == f"sources/{source}.html" or address.startswith(f"sources/{source}/")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("built")
    store = Store(root / "store")
    add(store, _given(root / "given"))
    build(store)
    return store


def test_only_the_overview_is_rendered_again_when_nothing_changed(built: Store, spy: _Spy) -> None:
    before = _files(folder_of(built))
    places = {file: file.stat().st_ino for file in folder_of(built).rglob("*.html")}
    build(built)
    assert spy.rendered == ["quality/index.html"] and spy.read == []
    assert _files(folder_of(built)) == before
    kept = {file for file, place in places.items() if file.stat().st_ino == place}
    named = {folder_of(built) / "index.html", folder_of(built) / "quality" / "index.html"}
    assert kept == places.keys() - named


def test_page_that_somebody_changed_or_lost_is_rendered_again(built: Store, spy: _Spy) -> None:
    before = _files(folder_of(built))
    checks, source = (
        folder_of(built) / "quality" / "checks.html",
        folder_of(built) / "sources" / "gla_report.html",
    )
    checks.write_text(checks.read_text(encoding="utf-8").replace("V-01", "V-99"), encoding="utf-8")
    source.unlink()
    build(built)
    assert set(spy.rendered) == {"quality/index.html", "quality/checks.html", "sources/gla_report.html"}
    # The cells of its findings are kept all the same.
    assert spy.read == []
    assert _files(folder_of(built)) == before


def test_damaged_cells_and_damaged_stamp_are_made_again(built: Store, spy: _Spy) -> None:
    before = _files(folder_of(built))
    (folder_of(built) / RECORD).write_text('{"pages": {"index.html": 3}}', encoding="utf-8")
    for file in (built.root / "shown_cells").rglob("*.json"):
        file.write_text("[]", encoding="utf-8")
    build(built)
    assert len(spy.rendered) == len([name for name in before if name.startswith(("quality/", "sources/"))])
    assert spy.read == ["gla_report 2023-05"]
    assert _files(folder_of(built)) == before


def test_file_system_without_links_copies(built: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not supported")

    before = _files(folder_of(built))
    monkeypatch.setattr("civic_assets.publish.site.build.os.link", refuse)
    build(built)
    assert _files(folder_of(built)) == before


def test_a_long_list_is_divided_so_that_no_part_is_too_long() -> None:
    sizes = [40, 70, 30, 200, 10, 90, 1]
    parts = in_parts(sizes, 100)
    assert parts == [(0, 1), (1, 3), (3, 4), (4, 6), (6, 7)], "a single entry that is too long is alone"
    assert [size for first, end in parts for size in sizes[first:end]] == sizes
    assert in_parts([], 100) == [(0, 0)]


def test_what_a_page_shows_is_told_apart() -> None:
    """Data that differ in any way have different text, and data of an unknown kind are refused."""
    different = [
        1,
        1.5,
        "1",
        Decimal(1),
        date(2024, 1, 1),
        "2024-01-01",
        True,
        None,
        [],
        [1],
        ["1"],
        [[1]],
        {"a": 1},
        {"a": "1"},
        {"b": 1},
        {1: "a"},
    ]
    texts = [repr(plain(one)) for one in different]
    assert len(set(texts)) == len(different)
    with pytest.raises(TypeError, match="cannot be part"):
        plain(object())
