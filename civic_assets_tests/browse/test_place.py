"""The pages behind a proxy: below a path, under its name, with links that lead back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from civic_assets.browse.place import Place, place_of
from civic_assets.cli.entry import main
from civic_assets.errors import UsageError
from civic_assets_tests.browse.conftest import Served, copy_of, served
from civic_assets_tests.shared_stores import Refreshed

ADDRESS = "https://stats.example.org/tables/"
HOST = "stats.example.org"


@pytest.fixture(scope="module")
def behind(report_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(
        copy_of(report_refresh, tmp_path_factory.mktemp("behind") / "store"), place_of(ADDRESS)
    ) as one:
        yield one


def test_an_address_is_a_path_a_name_and_whether_it_is_secure() -> None:
    assert place_of(ADDRESS) == Place("/tables/", HOST, True)
    assert place_of("http://Stats.Example.org:8080") == Place("/", HOST, False)
    assert place_of(ADDRESS.rstrip("/")) == place_of(ADDRESS)


@pytest.mark.parametrize(
    "address",
    [
        "/tables/", "stats.example.org/tables", "ftp://stats.example.org/", "https:///tables/",
        "https://stats.example.org/tables/?a=1", "https://anna:word@stats.example.org/", "https://[/",
        "https://stats.example.org/../tables/", 'https://stats.example.org/"/', "https://stats.example.org:http/",
    ],
)  # fmt: skip
def test_what_is_not_the_address_of_a_folder_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="--base-url"):
        place_of(address)


def test_every_link_of_the_pages_leads_below_the_path_and_is_answered(behind: Served) -> None:
    pages = [
        "/tables/",
        "/tables/civic",
        "/tables/civic/harmonised_observations?_size=5",
        "/tables/civic?sql=select+1",
    ]
    for page in pages:
        text = behind.ask(page, host=HOST).text
        links = {found.replace("&amp;", "&") for found in re.findall(r'(?:href|src|action)="([^"#]*)"', text)}
        own = {urljoin(f"https://{HOST}:8001{page}", link) for link in links}
        inside = {link for link in own if link.startswith(f"https://{HOST}:8001/")}
        assert len(inside) > 3, page
        assert {link for link in inside if not link.startswith(f"https://{HOST}:8001/tables/")} == set(), page
        assert "127.0.0.1" not in text
        paths = sorted(link.removeprefix(f"https://{HOST}:8001") for link in inside)[:40]
        answered = {path: answer.status_code for path, answer in behind.ask_each(paths).items()}
        assert {path: code for path, code in answered.items() if code not in (200, 302)} == {}


def test_the_next_page_is_at_the_proxy(behind: Served) -> None:
    answer = behind.ask("/tables/civic/harmonised_observations.json?_size=5", host=HOST).json()
    assert answer["next_url"].startswith(f"https://{HOST}:8001/tables/civic/harmonised_observations.json?")


def test_other_names_and_misspelt_filters_are_refused_below_the_path_too(behind: Served) -> None:
    assert behind.ask("/tables/", host="attacker.example").status_code == 403
    refused = behind.ask("/tables/civic/harmonised_observations.json?arae_name=Islington", host=HOST)
    assert refused.status_code == 400 and "Did you mean area_name?" in refused.text
    # Without the path the same page is answered, and its filters are looked at as well.
    assert behind.ask("/civic/harmonised_observations.json?arae_name=Islington", host=HOST).status_code == 400
    assert behind.ask("/tables/civic", method="POST", host=HOST).status_code == 405


def test_without_a_proxy_its_name_is_refused(whole: Served) -> None:
    assert whole.ask("/", host=HOST).status_code == 403


def test_an_address_and_a_file_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["tables", "--base-url", ADDRESS, "--out", str(tmp_path / "figures.db"), "--store", str(tmp_path)]
    assert main(given) == 2
    assert "Leave one of them out" in capsys.readouterr().err
    assert main(["tables", "--base-url", "/tables/", "--store", str(tmp_path)]) == 2
    assert "--base-url" in capsys.readouterr().err
