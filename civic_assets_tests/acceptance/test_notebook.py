"""The notebook for analysts runs from the top on the sample, and shows what the read model holds."""

from __future__ import annotations

from typing import Any

import duckdb
import nbformat
import pytest
from nbclient import NotebookClient

from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import Refreshed

NOTEBOOK = PROJECT / "docs" / "how-to" / "five-questions.ipynb"


@pytest.fixture(scope="module")
def cells(sample_refresh: Refreshed) -> dict[str, dict[str, Any]]:
    """Outputs of the cells by their last line (those of charts by their first), after a run in a kernel of its own."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIVIC_STORE", str(sample_refresh.store))
        patch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return {
        # Two cells end with the same line: those that draw.
        cell.source.splitlines()[0 if "plt.show()" in cell.source else -1]: {
            kind: content
            for output in cell.outputs
            for kind, content in (output.get("data") or {"stream": output.get("text", "")}).items()
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def test_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(
        not cell.outputs and cell.execution_count is None
        for cell in notebook.cells
        if cell.cell_type == "code"
    )


def test_figures_are_those_of_the_read_model(
    cells: dict[str, dict[str, Any]], sample_refresh: Refreshed
) -> None:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        values = connection.execute(
            """SELECT DISTINCT value FROM harmonised.latest WHERE measure = 'burglary' AND area_code = 'E09000019'
            AND unit = 'count' AND month(period_start) = 1 AND source = 'ons_csp'"""
        ).fetchall()
        (findings,) = connection.execute(
            "SELECT count(*) FROM quality.findings WHERE area_code = 'E09000019' AND severity <> 'info'"
        ).fetchone() or (0,)
    shown = cells["series"]["text/html"]
    assert values
    for (value,) in values:
        assert f"<td>{value}</td>" in shown
    assert "disputed" in shown
    assert cells["findings"]["text/html"].count("<tr>") == min(findings, 60)
    assert "Table C3!Q58" in cells["cells"]["text/html"]
    assert "<td>compare</td>" in cells["verdicts.head(10)"]["text/html"]
    assert "Office for National Statistics" in cells["licences"]["text/html"]


def test_charts_are_drawn_and_made_up_figures_are_called_so(cells: dict[str, dict[str, Any]]) -> None:
    charts = [outputs for outputs in cells.values() if "image/png" in outputs]
    assert len(charts) == 2
    assert "SYNTHETIC SAMPLE DATA" in cells["synthetic"]["stream"]
