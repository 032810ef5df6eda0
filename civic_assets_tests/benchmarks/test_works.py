"""The benchmarks at toy size, so that they cannot rot: what they make, which commands they run, what they print.

Belongs here: set-ups, turns and the arithmetic of comparisons. Does not belong here: how long anything takes; nothing
in this module looks at a time.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import plain_verification
from benchmarks.command import arguments_of, main, run, setting_of
from benchmarks.comparison import Goal, Pair, Spread, compare
from benchmarks.damaged_tables import damaged
from benchmarks.measured_process import CommandFailed, Usage
from benchmarks.results import Result, as_json, as_text
from benchmarks.school_zip import write_school_zip
from benchmarks.seeded_defects.good_releases import synthetic_releases
from benchmarks.setting import Missing, Setting
from benchmarks.work import Work, fetching_share, nothing_new_live
from benchmarks.work.all_works import WORKS
from benchmarks.work.new_issue import SOURCE, newest_issue
from benchmarks.work.nothing_new import rewritten, state_of
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets_tests.acquire.live.publishers import POLICE, Publishers
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import Refreshed


def _setting(scratch: Path, **more: object) -> Setting:
    return Setting(scratch=scratch, rows=1_800, fetched=3_000_000, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, so that each command need not read the contracts again."""
    return tmp_path_factory.mktemp("benchmarks")


# What is run.


def test_every_benchmark_that_needs_what_is_not_given_says_so(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CIVIC_REAL_DATA", raising=False)
        setting = setting_of(arguments_of([]), tmp_path)
    for name, missing in {
        "new-issue": "--real",
        "all-from-nothing": "--against",
        "inspect": "--against",
    }.items():
        result = run(WORKS[name], setting, 1)
        assert not result.pairs
        assert missing in as_text(result)


def test_newest_ordinary_issue_is_taken_and_its_absence_is_said(
    generated: Path, tmp_path: Path, scratch: Path
) -> None:
    path, edition = newest_issue(_setting(scratch), generated)
    assert (path.parent.name, edition) == ("next-issue", "2024-09")
    with pytest.raises(Missing, match=SOURCE):
        newest_issue(_setting(scratch), tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "reading",
        "school-rows",
        pytest.param("fetching", marks=pytest.mark.exhaustive),
        pytest.param("archive-by-parts", marks=pytest.mark.exhaustive),
    ],
)
def test_quick_benchmark_runs_at_toy_size(name: str, scratch: Path) -> None:
    work = WORKS[name]
    result = run(work, _setting(scratch), 1)
    assert result.why_not == ""
    assert {one.quantity for one in result.compared()} == set(work.quantities)


def test_plain_verification_hashes_files_and_scans_tables(sample_refresh: Refreshed, tmp_path: Path) -> None:
    files = [
        file
        for name in ("archive", "tables", "publications", "report")
        for file in (sample_refresh.store / name).rglob("*")
        if file.is_file()
    ]
    assert plain_verification.check(sample_refresh.store) == len(files) + 1
    with pytest.raises(subprocess.CalledProcessError):
        plain_verification.check(tmp_path)


@pytest.mark.exhaustive
def test_refresh_with_nothing_new_is_compared_with_the_first(tmp_path: Path, scratch: Path) -> None:
    """Both refreshes of a sample workbook, and what they left in the store."""
    setting = _setting(scratch)
    samples = json.loads(json.dumps(setting.answer("newest_workbook", "", tmp_path / "samples")))
    inputs, store = setting.new_folder("inputs"), tmp_path / "store"
    (inputs / "workbook.xlsx").write_bytes(Path(samples["path"]).read_bytes())
    setting.refresh(inputs, store, "--source", "ons_csp")
    before = state_of(store)
    assert before.keys() >= {"civic.duckdb", "publications/latest.json"}
    setting.refresh(inputs, store, "--source", "ons_csp")
    assert rewritten(before, state_of(store)) == []
    counts = setting.answer("published_counts", store / "civic.duckdb")
    assert counts["releases"] == 1
    assert counts["figures"] > 1_000


@pytest.mark.exhaustive
def test_fetching_is_compared_with_a_folder_of_the_same_files(tmp_path: Path, scratch: Path) -> None:
    """Both benchmarks of fetching as a whole, with fixtures of one publisher instead of real files, and no pages."""
    setting = _setting(scratch, real=Publishers(tmp_path).folder / "files")
    first = fetching_share.prepare_for(setting, (POLICE,))()
    assert first.left.cpu > 0 and first.right.cpu > 0
    assert str(first.facts["files"]).startswith("4 ")
    quiet = nothing_new_live.prepare_for(setting, (POLICE,))()
    assert quiet.facts["publication of both"] == first.facts["publication of both"]
    assert int(quiet.facts["requests of each"]) > 0
    assert quiet.left.cpu < first.left.cpu and 0 < quiet.right.cpu < first.right.cpu


def test_damaged_cells_of_a_workbook_are_accused_and_no_other(tmp_path: Path, scratch: Path) -> None:
    file = tmp_path / "workbook.xlsx"
    file.write_bytes(workbook_bytes(EDITIONS["synthetic-csp-tables-2022-06.xlsx"]))
    seen = _setting(scratch).answer("damaged_tables", file, "--cells", "2")
    assert seen["complete"]
    assert (seen["damaged"], seen["accused"], seen["wrongly accused"]) == (2, 2, 0)


def test_pasted_column_is_damaged_as_well_as_single_cells() -> None:
    good = list(synthetic_releases())[-1]
    (_, few), (release, many) = (damaged(good, 2, pasted=pasted, seed=1) for pasted in (False, True))
    assert len(few) == 2
    assert len(many) > 10
    printed: list[str] = release.observations["locator"].to_pylist()
    assert many <= set(printed)


def test_time_of_a_command_is_shown_by_part_of_the_program(tmp_path: Path, scratch: Path) -> None:
    archive = write_school_zip(tmp_path / "schools.zip", rows=40_000)
    setting = _setting(scratch)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.where_time_goes", "inspect", str(archive)],
        capture_output=True, text=True, check=True, env=setting.environment(), cwd=PROJECT,
    )  # fmt: skip
    answer, _, table = done.stdout.partition("Processor time of civic-assets inspect")
    assert "dfe_exclusions 2022-23" in answer
    spent = re.findall(r"^ +[0-9.]+ s +[0-9.]+%  (.+)$", table, re.MULTILINE)
    assert "in all" in table
    assert any(part.startswith("import of ") for part in spent)
    assert any(part.split("/")[0] in ("readers", "quality", "parsing", "contracts") for part in spent)


def test_command_that_fails_ends_its_own_benchmark_only(tmp_path: Path, scratch: Path) -> None:
    setting = _setting(scratch)
    with pytest.raises(CommandFailed, match="exit code 2"):
        setting.measured("inspect", tmp_path / "nothing.xlsx")

    def prepare(setting: Setting) -> object:
        setting.measured("inspect", tmp_path / "nothing.xlsx")
        raise AssertionError

    result = run(Work("fails", "", "", "", prepare), setting, 1)  # type: ignore[arg-type]
    assert "nothing.xlsx" in as_text(result)


@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="this system does not tell the memory of processes"
)
def test_memory_and_processor_time_are_those_of_all_processes_together(tmp_path: Path) -> None:
    """Two workers with 80 MB and some work each, which their parent waits for."""
    worker = "import time; own = b'x' * 80_000_000; sum(range(2_000_000)); time.sleep(1)"
    start = f"subprocess.Popen([sys.executable, '-c', {worker!r}])"
    parent = f"import subprocess, sys; both = [{start} for _ in 'ab']; [one.wait() for one in both]"
    # Measured from a small process: the memory of this one would count as that of its children.
    measuring = (
        "import json, os, sys; from pathlib import Path; from benchmarks.measured_process import run_measured; "
        "here = Path(sys.argv[1]); runs = [run_measured([sys.executable, '-c', code], os.environ, here, here / 'log') "
        "for code in sys.argv[2:]]; print(json.dumps([[run.peak, run.cpu] for run in runs]))"
    )
    command = [sys.executable, "-c", measuring, str(tmp_path), worker, parent]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    (peak, cpu), (peak_of_two, cpu_of_two) = json.loads(done.stdout)
    assert 80 < peak < 150
    assert peak_of_two > 160
    assert cpu_of_two > cpu


def test_kept_set_up_is_made_once_for_the_same_code(tmp_path: Path, scratch: Path) -> None:
    made: list[Path] = []
    setting = _setting(scratch, kept=tmp_path / "kept")
    folders = [setting.kept_folder("store", about, made.append) for about in ("one", "one", "other")]
    assert folders[0] == folders[1] != folders[2]
    assert len(made) == 2


def test_file_written_again_with_the_same_bytes_counts_as_rewritten(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    page, other = tmp_path / "report/index.html", tmp_path / "report/other.html"
    page.write_text("page")
    other.write_text("other")
    before = state_of(tmp_path)
    replacement = tmp_path / "replacement"
    replacement.write_text("page")
    replacement.replace(page)
    assert rewritten(before, state_of(tmp_path)) == ["report/index.html"]


# What is printed.


def _pairs(*cpus: tuple[float, float]) -> list[Pair]:
    return [Pair(Usage(0, left, 100), Usage(0, right, 50), {"figures": 24_336}) for left, right in cpus]


def test_ratio_is_taken_pair_by_pair_and_then_the_median() -> None:
    compared = compare(_pairs((1, 10), (2, 10), (9, 30)), "cpu", right_over_left=False)
    assert compared is not None
    assert compared.ratio == Spread(0.2, 0.1, 0.3)
    assert compared.ratio.noise == pytest.approx(1)
    assert compared.left.median == 2 and compared.right.median == 10


def test_quantity_that_was_not_measured_is_left_out() -> None:
    assert compare(_pairs((1, 10)), "wall", right_over_left=False) is None


@pytest.mark.parametrize(("bound", "met"), [(8, "met: "), (11, "not met: ")])
def test_goal_is_judged_by_the_median_ratio(bound: float, met: str) -> None:
    work = Work(
        "w", "some work", "ours", "theirs", lambda _: lambda: _pairs((1, 1))[0],
        (Goal("cpu", "ratio", bound, at_least=True),), right_over_left=True, quantities=("cpu", "peak"),
    )  # fmt: skip
    result = Result(work, _pairs((1, 10), (1, 9), (2, 24)))
    text = as_text(result)
    assert f"  {met}ratio of processor time: at least {bound:g} (10.0" in text.replace("(10.00", "(10.0")
    assert "figures: 24,336" in text
    record = as_json({}, [result])["benchmarks"][0]
    assert record["goals"] == [
        {
            "goal": f"ratio of processor time: at least {bound:g}",
            "measured": 10.0,
            "met": bound == 8,
        }
    ]
    assert record["medians"]["peak"]["left"]["median"] == 100


def test_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--list"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(WORKS)


@pytest.mark.parametrize("page", ["benchmarks/README.md", "docs/reference/performance.md"])
def test_page_names_every_benchmark_and_no_other(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    if page.startswith("docs"):
        commands = re.findall(r"^.*python -m benchmarks ([^\n]*)$", text, re.MULTILINE)
        named = {word for command in commands for word in command.split() if not word.startswith("-")}
        named &= {word for word in named if word.islower() and not word.endswith(".json")}
    else:
        named = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    assert named == set(WORKS)


def test_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments_of(["no-such-benchmark"])
    assert "--list" in capsys.readouterr().err


def test_results_are_written_for_machines(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CIVIC_REAL_DATA", raising=False)
        main(["all-from-nothing", "--repeats", "1", "--json", str(file)])
    (record,) = json.loads(file.read_text())["benchmarks"]
    assert "--against" in record["not_measured_because"]
