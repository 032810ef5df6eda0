"""The benchmarks at toy size, so that they cannot rot: what they make, which commands they run, what they print.

Belongs here: set-ups, turns and the arithmetic of comparisons. Does not belong here: how long anything takes; nothing
in this module looks at a time.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks.command import arguments_of, main, run, setting_of
from benchmarks.comparison import Goal, Pair, Spread, compare
from benchmarks.damaged_tables import damaged
from benchmarks.generated_inputs import BOROUGH_FIGURES, LAST, STREET_TYPES, WARD_FIGURES, Plan, plan
from benchmarks.generated_inputs.met import months
from benchmarks.generated_inputs.write import write_inputs
from benchmarks.measured_process import CommandFailed, Usage, run_measured
from benchmarks.results import Result, as_json, as_text
from benchmarks.school_zip import AUTHORITIES, PHASES, write_school_zip
from benchmarks.seeded_defects.good_releases import synthetic_releases
from benchmarks.setting import Missing, Setting
from benchmarks.work import Work
from benchmarks.work.all_works import WORKS
from benchmarks.work.new_issue import SOURCE, newest_issue
from benchmarks.work.nothing_new import rewritten, state_of
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.intake.inspect import inspect
from civic_assets.intake.receive import take_in
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated
from civic_assets_tests.paths import PROJECT


def _setting(scratch: Path, **more: object) -> Setting:
    return Setting(scratch=scratch, rows=1_800, **more)  # type: ignore[arg-type]


# What is generated.


def test_zip_of_schools_is_read_as_its_authorities_and_has_nothing_wrong(tmp_path: Path) -> None:
    report = inspect(write_school_zip(tmp_path / "schools.zip", rows=1_800), load_contracts())
    assert report.source == "dfe_exclusions"
    assert report.synthetic
    authorities = 10 * len(AUTHORITIES) * (1 + len(PHASES))
    assert dict(report.row_kinds) == {"local_authority": authorities, "ignored": 1_800}
    assert [finding.message for finding in report.findings if finding.severity == "blocking"] == []
    assert not report.held_back


def test_zip_of_schools_is_made_of_its_seed(tmp_path: Path) -> None:
    first, again, other = (
        write_school_zip(tmp_path / f"{turn}.zip", rows=1_800, seed=seed).read_bytes()
        for turn, seed in enumerate((1, 1, 2))
    )
    assert first == again != other


def test_zip_of_schools_needs_a_school_of_each_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="At least 180 rows"):
        write_school_zip(tmp_path / "schools.zip", rows=100)


@pytest.mark.parametrize(("releases", "figures"), [(600, 20_000_000), (60, 2_000_000), (59, 1_970_000)])
def test_plan_has_as_many_releases_and_figures_as_asked_for(releases: int, figures: int) -> None:
    files = plan(releases, figures)
    assert files.boroughs + files.wards + files.street == releases
    made = (
        files.boroughs * BOROUGH_FIGURES
        + files.wards * WARD_FIGURES
        + files.street * files.areas * STREET_TYPES
    )
    assert made == pytest.approx(figures, rel=0.02)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    write_inputs(folder, Plan(boroughs=1, wards=1, street=2, areas=20))
    return folder


def test_generated_files_are_releases_with_as_many_figures_as_planned(
    generated: Path, tmp_path: Path
) -> None:
    contracts = {name: one for name, one in load_contracts().items() if one.status == "active"}
    store = Store(tmp_path / "store")
    take_in(generated / "inputs", store.archive, contracts, origin="local")
    made = Counter[str]()
    for receipt in store.archive.receipts():
        contract = contracts[receipt.source]
        checked = build_validated(store, contract, receipt, build_raw(store, receipt))
        assert list(checked.held_back) == []
        _, harmonised = build_harmonised(store, contract, receipt, checked)
        assert harmonised is not None
        made[receipt.source] += harmonised.rows
    assert made == {
        "met_borough": BOROUGH_FIGURES,
        "met_ward": WARD_FIGURES,
        "police_uk": 2 * 20 * STREET_TYPES,
    }


def test_next_issue_repeats_the_months_before_with_few_revisions(generated: Path, tmp_path: Path) -> None:
    issue, edition = newest_issue(_setting(tmp_path), generated / "next-issue")
    assert edition == "2024-09"
    (before,) = (generated / "inputs").glob("*Borough*")
    with duckdb.connect() as connection:
        same, both = connection.execute(
            """
            with figures as (unpivot (from read_csv(?, header = true)) on columns('^20') into name month value number),
                earlier as (unpivot (from read_csv(?, header = true)) on columns('^20') into name month value number)
            select count(*) filter (figures.number = earlier.number), count(*)
            from figures join earlier using (MajorText, MinorText, BoroughName, month)
            """,
            [str(issue), str(before)],
        ).fetchone() or (0, 0)
    assert both == BOROUGH_FIGURES / 24 * 23
    assert 0.98 < same / both < 1


def test_wards_of_an_issue_add_up_to_its_boroughs(generated: Path) -> None:
    inputs = generated / "inputs"
    (boroughs,), (wards,) = inputs.glob("*Borough*"), inputs.glob("*Ward*")
    with duckdb.connect() as connection:
        different = connection.execute(
            """
            with wards as (unpivot (from read_csv(?, header = true)) on columns('^20') into name month value number),
                sums as (select MajorText, MinorText, LookUp_BoroughName as BoroughName, month, sum(number) as number
                         from wards group by all),
                boroughs as (unpivot (from read_csv(?, header = true)) on columns('^20') into name month value number)
            select * from boroughs full join sums using (MajorText, MinorText, BoroughName, month)
            where boroughs.number is distinct from sums.number
            """,
            [str(wards), str(boroughs)],
        ).fetchall()
    assert different == []


def test_smaller_number_of_months_has_the_newest_figures_of_a_larger_one() -> None:
    long, short = months(LAST - 3, LAST, seed=5), months(LAST, LAST, seed=5)
    assert (long.as_of(LAST) == short.as_of(LAST)).all()


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


def test_newest_ordinary_issue_is_taken_and_its_absence_is_said(generated: Path, tmp_path: Path) -> None:
    path, edition = newest_issue(_setting(tmp_path), generated)
    assert (path.parent.name, edition) == ("next-issue", "2024-09")
    with pytest.raises(Missing, match=SOURCE):
        newest_issue(_setting(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["reading", "school-rows"])
def test_quick_benchmark_runs_at_toy_size(name: str, tmp_path: Path) -> None:
    work = WORKS[name]
    result = run(work, _setting(tmp_path), 1)
    assert result.why_not == ""
    assert {one.quantity for one in result.compared()} == set(work.quantities)


def test_refresh_with_nothing_new_is_compared_with_the_first(tmp_path: Path) -> None:
    """Both refreshes of a sample workbook, and what they left in the store."""
    setting = _setting(tmp_path)
    samples = json.loads(json.dumps(setting.answer("newest_workbook", "", tmp_path / "samples")))
    inputs, store = setting.new_folder("inputs"), tmp_path / "store"
    (inputs / "workbook.xlsx").write_bytes(Path(samples["path"]).read_bytes())
    setting.refresh(inputs, store, "--source", "ons_csp")
    before = state_of(store)
    assert before.keys() >= {"civic.duckdb", "publications/latest.json", "report/index.html"}
    setting.refresh(inputs, store, "--source", "ons_csp")
    assert rewritten(before, state_of(store)) == []
    counts = setting.answer("published_counts", store / "civic.duckdb")
    assert counts["releases"] == 1
    assert counts["figures"] > 1_000


def test_damaged_cells_of_a_workbook_are_accused_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "workbook.xlsx"
    file.write_bytes(workbook_bytes(EDITIONS["synthetic-csp-tables-2022-06.xlsx"]))
    seen = _setting(tmp_path).answer("damaged_tables", file, "--cells", "2")
    assert seen["complete"]
    assert (seen["damaged"], seen["accused"], seen["wrongly accused"]) == (2, 2, 0)


def test_pasted_column_is_damaged_as_well_as_single_cells() -> None:
    good = list(synthetic_releases())[-1]
    (_, few), (release, many) = (damaged(good, 2, pasted=pasted, seed=1) for pasted in (False, True))
    assert len(few) == 2
    assert len(many) > 10
    printed: list[str] = release.observations["locator"].to_pylist()
    assert many <= set(printed)


def test_command_that_fails_ends_its_own_benchmark_only(tmp_path: Path) -> None:
    setting = _setting(tmp_path)
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
    one, two = (
        run_measured([sys.executable, "-c", code], os.environ, tmp_path, tmp_path / "log")
        for code in (worker, parent)
    )
    assert 80 < one.peak < 150
    assert two.peak > 160
    assert two.cpu > one.cpu


def test_kept_set_up_is_made_once_for_the_same_code(tmp_path: Path) -> None:
    made = []
    setting = _setting(tmp_path, kept=tmp_path / "kept")
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


def test_archive_of_schools_has_one_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(write_school_zip(tmp_path / "schools.zip", rows=1_800)) as archive:
        assert len(archive.namelist()) == 1
