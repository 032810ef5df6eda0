"""The pages of Great Expectations are written when somebody asks, with a warning of what they load."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.report.data_docs import main, write_data_docs
from civic_assets.quality.expectations.profiles import create_profiles
from civic_assets_tests.quality.published.published_figures import promised, published


def test_pages_are_written_for_every_suite(tmp_path: Path) -> None:
    with published() as connection:
        create_profiles(connection, promised())
        page = write_data_docs(connection, tmp_path / "pages")
    assert page.is_file()
    suites = {file.stem for file in (tmp_path / "pages" / "expectations").glob("*.html")}
    assert suites == {"sources", "releases", "tables", "measures", "words"}
    assert list((tmp_path / "pages" / "validations").rglob("*.html"))


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with published() as connection, pytest.raises(UsageError, match="is not empty"):
        write_data_docs(connection, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_read_model_of_an_earlier_version_is_not_a_traceback(tmp_path: Path) -> None:
    with published() as connection, pytest.raises(UsageError, match="Run: civic-assets refresh"):
        write_data_docs(connection, tmp_path / "pages")


def test_store_without_a_publication_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store(tmp_path / "store")
    assert main([str(tmp_path / "pages"), "--store", str(tmp_path / "store")]) == 2
    assert "Nothing is published" in capsys.readouterr().err


def test_help_warns_of_what_the_pages_load(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "content delivery" in " ".join(capsys.readouterr().out.split())
