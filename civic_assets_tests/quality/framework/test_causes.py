"""Where many findings have one cause, one line says so, and every finding is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.answers.inspection import InspectedFinding
from civic_assets.answers.summary import DisputedFigure
from civic_assets.cli.inspect import print_inspection
from civic_assets.cli.refresh import disputed_lines
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.inspect import inspect
from civic_assets.quality.framework.causes import cause_of, cells_of, together
from civic_assets.quality.framework.results import Finding


def _symbol(row: int, symbol: str = ".") -> Finding:
    cell = f"L{row}:rate"
    return Finding(
        "R-06", f"{cell} prints '{symbol}': no number, and no symbol of the contract.", cell, [cell]
    )


def _rows(
    findings: list[Finding], areas: dict[str, str] | None = None, proposal: str = ""
) -> list[InspectedFinding]:
    return [
        InspectedFinding(
            check_id=f.check_id, severity=f.severity, locator=f.locator, locators=f.locators, measure=None,
            area_code=None, period_start=None, period_end=None, observed=None, expected=None, proposal=proposal,
            n_ties=0, message=f.message, cause=cause_of(f, areas or {}),
        )
        for f in findings
    ]  # fmt: skip


def test_one_symbol_in_many_rows_is_one_cause_and_another_symbol_another() -> None:
    rows = _rows([*map(_symbol, range(2, 191)), _symbol(191, "~")])
    groups = together(rows)
    assert [len(group) for group in groups] == [189, 1]
    assert cells_of(groups[0]) == "L2:rate to L190:rate"


def test_areas_and_numbers_are_not_causes() -> None:
    areas = {"E1": "Barnet", "E2": "Bath and North East Somerset"}
    said = {
        cause_of(
            Finding(
                "V-02", f"L1:m: crimes of {name} (printed {n}) is no whole count.", "L1:m", area_code=code
            ),
            areas,
        )
        for (code, name), n in zip(areas.items(), ("69.5", "1,204.25"), strict=True)
    }
    assert len(said) == 1


def test_few_findings_and_those_that_propose_a_value_each_keep_their_lines() -> None:
    assert [len(group) for group in together(_rows(list(map(_symbol, range(3)))))] == [1, 1, 1]
    assert len(together(_rows(list(map(_symbol, range(8))), proposal="7"))) == 8


def test_other_sentences_are_other_causes() -> None:
    other = Finding("R-06", "L5:count prints 'x', which its column does not have.", "L5:count")
    assert len(together(_rows([*map(_symbol, range(10)), other]))) == 2


def test_person_reads_one_line_for_one_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A symbol that no contract knows, in twenty cells of two columns of a file (synthetic)."""
    header = (
        "time_identifier,time_period,geographic_level,country_code,country_name,region_code,region_name,old_la_code,"
        "new_la_code,la_name,school_type,num_schools,headcount,perm_excl,perm_excl_rate,suspension,susp_rate,"
        "one_plus_susp,one_plus_susp_rate"
    )
    rows = [
        f"Academic year,{2007 + n}{8 + n:02d},Local authority,E92000001,England,E13000001,Inner London,202,E09000007,"
        f"Camden,Total,54,{21_000 + n},0,0,1050,?!,800,?!"
        for n in range(10)
    ]
    file = tmp_path / "exclusions.csv"
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    report = inspect(file, load_contracts())
    symbols = [f for f in report.findings if f.check_id == "R-06"]
    assert len(symbols) == 20, "every finding is kept"
    assert len({f.cause for f in symbols}) == 1
    print_inspection(report)
    lines = [line for line in capsys.readouterr().out.splitlines() if "R-06" in line]
    assert len(lines) == 1
    assert "20 findings with one cause in 20 cells, the first of them L2:one_plus_susp_rate" in lines[0]
    (cause,) = (cause for cause in report.causes if cause.check_ids == ("R-06",))
    assert {f.cause_id for f in symbols} == {cause.cause_id} and cause.n_findings == 20
    assert cause.action and cause.action in lines[0]


def test_many_disputed_figures_of_one_measure_are_one_line() -> None:
    few, many = (
        [
            DisputedFigure("ons_csp", "2024-12", f"Table C2!G{row}", what, "V-10", f"A sentence, {row}.")
            for row in rows
        ]
        for what, rows in (("burglary, (V-11): residential", range(3)), ("robbery", range(20)))
    )
    lines = disputed_lines([*few, *many])
    assert [number for _, number in lines] == [1, 1, 1, 20]
    assert lines[-1][0].startswith(
        "ons_csp 2024-12: 20 figures of robbery, Table C2!G0 to Table C2!G19 (V-10)."
    )
