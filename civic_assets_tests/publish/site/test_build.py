"""Building the site: only what changed is made, nobody sees half of it, and processes make no difference."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.errors import UsageError
from civic_assets.layers.limits import Limits
from civic_assets.layers.site_setting import SITE
from civic_assets.layers.store import Store
from civic_assets.publish.site import rendering
from civic_assets.publish.site.all_sections import all_sections
from civic_assets.publish.site.build import build, current, folder_of
from civic_assets.publish.site.page import Section
from civic_assets.publish.site.record import RECORD
from civic_assets.refresh import _report, check_arguments
from civic_assets_tests.publish.site import made_up_sections as sections
from civic_assets_tests.shared_stores import Refreshed

TEN = {f"areas/E{number:02}.html": f"Area {number}" for number in range(10)}


@pytest.fixture
def store(report_refresh: Refreshed, tmp_path: Path) -> Store:
    """A publication without a site."""
    return _without_site(report_refresh, tmp_path / "store")


def _without_site(refreshed: Refreshed, folder: Path) -> Store:
    left_out = shutil.ignore_patterns("report", "dagster", "tables", "archive")
    return Store(Path(shutil.copytree(refreshed.store, folder, ignore=left_out)))


def _files(folder: Path) -> dict[str, bytes]:
    """Content of all files but the record, which has the times at which they were written."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != RECORD]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def _from_nothing(store: Store, every: Callable[[], Sequence[Section]]) -> dict[str, bytes]:
    shutil.rmtree(folder_of(store), ignore_errors=True)
    build(store, sections=every)
    return _files(folder_of(store))


_NAMES = st.sampled_from(
    ["areas/a.html", "areas/b.html", "x.html", "deep/er/c.html", "data/d.csv", "evidence/s/r/e.html"]
)
_PAGES = st.dictionaries(_NAMES, st.sampled_from(["one", "two", "three"]), max_size=6)
_DAMAGES = st.lists(st.tuples(_NAMES, st.sampled_from(["removed", "changed", "touched"])), max_size=2)


def _damage(folder: Path, damages: Sequence[tuple[str, str]]) -> set[str]:
    """Remove, change or touch files of a site; returns those that have to be made again."""
    worse = set()
    for name, how in damages:
        file = folder / name
        if not file.is_file():
            continue
        if how == "removed":
            file.unlink()
        elif how == "changed":
            file.write_bytes(file.read_bytes().replace(b"<h1>", b"<h2>"))
        else:
            os.utime(file, ns=(1, 1))  # as after a copy: its content decides
            continue
        worse.add(name)
    return worse


@settings(max_examples=12)
@given(steps=st.lists(st.tuples(_PAGES, _DAMAGES), min_size=2, max_size=4))
def test_site_after_any_changes_is_one_from_nothing(
    report_refresh: Refreshed,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[dict[str, str], list[tuple[str, str]]]],
) -> None:
    """Pages come, change and go, and somebody removes or changes files: the next site has exactly what it should."""
    kept = _without_site(report_refresh, tmp_path_factory.mktemp("kept") / "store")
    fresh = _without_site(report_refresh, tmp_path_factory.mktemp("fresh") / "store")
    before: dict[str, str] = {}
    to_make = {"index.html"}
    for pages, damages in steps:
        for store in (kept, fresh):
            sections.write_pages(store, pages)
        built = build(kept, sections=sections.made_up)
        changed = {name for name in pages if before.get(name) != pages[name]}
        assert built.rendered == len(changed | (to_make & {"index.html", *pages}))
        assert _files(folder_of(kept)) == _from_nothing(fresh, sections.made_up)
        before, to_make = pages, _damage(folder_of(kept), damages)


@pytest.mark.parametrize("every", [sections.made_up, sections.ends_elsewhere, sections.fails_elsewhere])
def test_two_processes_make_the_same_bytes_as_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, every: Callable[[], Sequence[Section]]
) -> None:
    """Also if the other one is killed in the middle of its pages, or cannot render them."""
    monkeypatch.setenv(sections.FIRST_PROCESS, str(os.getpid()))
    sections.write_pages(store, TEN)
    one = _from_nothing(store, every)
    monkeypatch.setattr(rendering, "FEW_PAGES", 1)
    shutil.rmtree(folder_of(store))
    built = build(store, Limits(processes=2), every)
    assert built.rendered == len(one) == 11
    assert _files(folder_of(store)) == one
    assert current(store) is not None


def test_all_sections_make_the_same_bytes_in_two_processes(
    report_refresh: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(Path(shutil.copytree(report_refresh.store, tmp_path / "store")))
    one = _from_nothing(store, all_sections)
    monkeypatch.setattr(rendering, "FEW_PAGES", 1)
    shutil.rmtree(folder_of(store))
    build(store, Limits(processes=2))
    assert _files(folder_of(store)) == one


def test_other_process_really_renders(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process wrote is less than everything."""
    monkeypatch.setattr(rendering, "FEW_PAGES", 1)
    # This process takes nothing until the other has ended, as if it was slow.
    monkeypatch.setattr(rendering._Others, "take", lambda *_: False)
    written: list[str] = []
    real = rendering.render_part

    def spied(*given: object) -> object:
        written.append(str(given[2]))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "render_part", spied)
    sections.write_pages(store, TEN)
    built = build(store, Limits(processes=2), sections.made_up)
    assert built.rendered == 11 and written == []


def test_page_that_cannot_be_rendered_leaves_the_last_site(store: Store) -> None:
    sections.write_pages(store, TEN)
    build(store, sections=sections.made_up)
    before = _files(folder_of(store))
    sections.write_pages(store, {**TEN, "areas/new.html": "new"})
    with pytest.raises(OSError, match="disk is full"):
        build(store, sections=sections.fails)
    assert _files(folder_of(store)) == before
    assert list(store.root.glob(".report-*")) == []


def test_refresh_says_that_the_site_was_not_built_and_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv(SITE, "now")
    monkeypatch.setattr("civic_assets.publish.site.build.open_site", full)
    page, (sentence,) = _report(store, lambda _: None, Limits())
    assert page is None and not folder_of(store).exists()
    assert sentence.startswith("The site was not built: ") and "no space is left on the disk" in sentence


def test_refresh_leaves_the_site_to_the_command_that_builds_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SITE, "later")
    said: list[str] = []
    assert _report(store, said.append, Limits()) == (None, [])
    assert said == [] and not folder_of(store).exists()
    index = build(store).index
    # It is that of the publication by now.
    assert _report(store, said.append, Limits()) == (str(index), [])
    monkeypatch.setenv(SITE, "now")
    shutil.rmtree(folder_of(store))
    assert _report(store, said.append, Limits()) == (str(index), [])
    assert said == ["Building the site"]


def test_refresh_with_another_word_for_when_the_site_is_built_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SITE, "never")
    with pytest.raises(UsageError, match=r"CIVIC_SITE is 'never'\. Set it to 'now', .* or to 'later'"):
        check_arguments(profile="sample", inputs=None, sources=[])


@pytest.mark.parametrize(
    ("every", "message"),
    [
        (sections.forgets, "did not render index.html"),
        (sections.twice, "Two pages have the address areas/A.html"),
    ],
)
def test_section_that_does_not_do_what_it_said_is_refused(
    store: Store, every: Callable[[], Sequence[Section]], message: str
) -> None:
    sections.write_pages(store, {})
    with pytest.raises(ValueError, match=message):
        build(store, sections=every)
    assert not folder_of(store).exists()


def test_unchanged_page_is_the_same_file(store: Store) -> None:
    sections.write_pages(store, TEN)
    build(store, sections=sections.made_up)
    page = folder_of(store) / "areas" / "E01.html"
    place = page.stat().st_ino
    sections.write_pages(store, {**TEN, "areas/E02.html": "changed"})
    built = build(store, sections=sections.made_up)
    assert built.rendered == 1 and page.stat().st_ino == place


def test_file_system_without_links_copies(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not supported")

    sections.write_pages(store, TEN)
    build(store, sections=sections.made_up)
    before = _files(folder_of(store))
    monkeypatch.setattr("civic_assets.publish.site.build.os.link", refuse)
    built = build(store, sections=sections.made_up)
    assert built.rendered == 0 and _files(folder_of(store)) == before
    assert current(store) is not None


def test_store_that_was_copied_keeps_its_pages(store: Store, tmp_path: Path) -> None:
    """The times of the copy are others, but the content is the same."""
    sections.write_pages(store, TEN)
    build(store, sections=sections.made_up)
    copied = Store(Path(shutil.copytree(store.root, tmp_path / "copy", copy_function=shutil.copyfile)))
    assert current(copied) is not None
    assert build(copied, sections=sections.made_up).rendered == 0


def test_damaged_record_makes_everything_again(store: Store) -> None:
    sections.write_pages(store, TEN)
    build(store, sections=sections.made_up)
    before = _files(folder_of(store))
    for damage in ("", "[]", '{"pages": {"index.html": 3}}', '{"stamp": 1, "pages": {"index.html": [1, 2]}}'):
        (folder_of(store) / RECORD).write_text(damage, encoding="utf-8")
        assert current(store) is None
        assert build(store, sections=sections.made_up).rendered == 11
        assert _files(folder_of(store)) == before
