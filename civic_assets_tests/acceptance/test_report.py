"""`report` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets_tests.acceptance.commands import civic_assets

pytestmark = pytest.mark.usefixtures("site_now")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after one refresh of the report's tables."""
    store = tmp_path_factory.mktemp("report") / "store"
    answer = civic_assets("refresh", "--store", store, "--source", "gla_report", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["report"] == str(store / "report" / "index.html")
    assert "Building the site" in answer.err
    return store


def test_refresh_leaves_a_report_of_its_publication(sample: Path) -> None:
    assert (sample / "report" / "index.html").is_file()
    again = civic_assets("refresh", "--store", sample, "--source", "gla_report", "--json")
    assert again.code == 0 and "Building the site" not in again.err
    assert again.json["report"] == str(sample / "report" / "index.html")


def test_refresh_builds_a_report_that_is_gone(sample: Path) -> None:
    (sample / "report" / "index.html").unlink()
    answer = civic_assets("refresh", "--store", sample, "--source", "gla_report")
    assert answer.code == 0 and (sample / "report" / "index.html").is_file()
    assert "Building the site" in answer.err
    assert f"Site: {sample / 'report' / 'index.html'}" in answer.out


def test_report_prints_its_first_page(sample: Path) -> None:
    answer = civic_assets("report", "--store", sample)
    assert answer.code == 0, answer.err
    assert Path(answer.out.strip()) == sample / "report" / "index.html"


def test_report_as_json_names_its_publication(sample: Path) -> None:
    told = civic_assets("report", "--store", sample, "--json").json
    assert told["url"].startswith("file://") and told["number"] == 1 and told["new"]
    assert told["publication"] in (sample / "report" / "index.html").read_text(encoding="utf-8")


def test_report_of_nothing_is_a_sentence(tmp_path: Path) -> None:
    answer = civic_assets("report", "--store", tmp_path / "empty")
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("civic-assets: There is no store in ") and "Traceback" not in answer.err


def test_help_shows_examples() -> None:
    answer = civic_assets("report", "--help")
    assert answer.code == 0 and "civic-assets report --open" in answer.out
