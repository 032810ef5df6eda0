"""`civic-assets search`: what it prints, its exit codes, and what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from civic_assets_tests.acceptance.commands import civic_assets, environment
from civic_assets_tests.shared_stores import Refreshed


def test_prints_results_by_kind_with_their_pages(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "mugging", "--store", sample_refresh.store)
    assert answer.code == 0, answer.err
    assert answer.out.startswith("Word\n  Mugging\n")
    assert "Measures\n  Robbery\n" in answer.out
    assert "page: measures/robbery.html" in answer.out
    assert answer.out.rstrip().endswith("find.html#q=mugging")


def test_several_words_need_no_quotation_marks(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "burglary", "Islington", "--json", "--store", sample_refresh.store)
    assert answer.code == 0
    first = answer.json["results"][0]
    assert (first["kind"], first["id"].split()[:2]) == ("figure", ["E09000019", "burglary"])
    assert first["title"].startswith("SYNTHETIC ")
    assert answer.json["permalink"] == "find.html#q=burglary%20Islington"


def test_says_who_has_what_no_source_here_holds(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "stop", "and", "search", "--store", sample_refresh.store)
    assert answer.code == 0
    assert "No source here holds this." in answer.out
    assert "Home Office" in answer.out


def test_nothing_found_is_exit_code_1(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "zzyzx", "--json", "--store", sample_refresh.store)
    assert (answer.code, answer.json["results"], answer.json["unmatched"]) == (1, [], ["zzyzx"])


def test_a_longer_list_says_how_to_see_all_of_it(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "e090", "--limit", "2", "--store", sample_refresh.store)
    assert "and 10 more; print them with --limit 12" in answer.out


def test_limit_must_be_a_number_from_1(sample_refresh: Refreshed) -> None:
    answer = civic_assets("search", "crime", "--limit", "0", "--store", sample_refresh.store)
    assert (answer.code, answer.err) == (2, "civic-assets: --limit must be at least 1.\n")


def test_where_nothing_is_published_it_says_so(tmp_path: Path) -> None:
    answer = civic_assets("search", "crime", "--store", tmp_path / "none")
    assert answer.code == 2
    assert "civic-assets refresh" in answer.err


def test_a_damaged_index_ends_in_a_sentence(sample_refresh: Refreshed, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assets = store / "report" / "assets"
    assets.mkdir(parents=True)
    (store / "civic.duckdb").symlink_to(sample_refresh.store / "civic.duckdb")
    missing = civic_assets("search", "crime", "--store", store)
    assert missing.code == 2
    assert "civic-assets report" in missing.err
    (assets / "find-index.js").write_text("var civicFindIndex = {", encoding="utf-8")
    (assets / "find-figures.js").write_text("", encoding="utf-8")
    damaged = civic_assets("search", "crime", "--store", store)
    assert damaged.code == 2
    assert "are damaged" in damaged.err


def test_loads_no_library_for_tables(sample_refresh: Refreshed) -> None:
    heavy = (
        "dagster",
        "duckdb",
        "great_expectations",
        "jinja2",
        "pandas",
        "pandera",
        "polars",
        "pyarrow",
        "pydantic",
    )
    program = (
        "import sys\nfrom civic_assets.cli.entry import main\nmain(sys.argv[1:])\n"
        f"print('loaded', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "search", "mugging", "--store", str(sample_refresh.store)],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert done.stdout.rstrip().endswith("loaded []"), done.stdout[-300:]
