"""What is generated for the benchmarks: a zip of rows of schools, and the releases of a large store."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks.generated_inputs import BOROUGH_FIGURES, LAST, STREET_TYPES, WARD_FIGURES, plan
from benchmarks.generated_inputs.met import months
from benchmarks.school_zip import AUTHORITIES, PHASES, write_school_zip
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.inspect import inspect
from civic_assets.intake.receive import take_in
from civic_assets.layers.harmonised import build_harmonised
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated


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


def test_next_issue_repeats_the_months_before_with_few_revisions(generated: Path) -> None:
    (issue,) = (generated / "next-issue").iterdir()
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


def test_archive_of_schools_has_one_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(write_school_zip(tmp_path / "schools.zip", rows=1_800)) as archive:
        assert len(archive.namelist()) == 1
