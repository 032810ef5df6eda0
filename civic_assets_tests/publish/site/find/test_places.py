"""A figure that was found leads to its row, under the title that the row has."""

from __future__ import annotations

from pathlib import Path

import duckdb

from civic_assets.publish.site.addresses import area_page
from civic_assets.publish.site.find.figures import pack
from civic_assets.publish.site.find.index_file import FIGURES_FILE, read_script
from civic_assets.publish.site.find.packed_figures import Figures
from civic_assets_tests.publish.report.html_pages import read_page
from civic_assets_tests.shared_stores import Refreshed


def test_figures_outside_the_two_tables_lead_to_their_rows(sample_refresh: Refreshed) -> None:
    report: Path = sample_refresh.store / "report"
    figures = Figures(read_script(report / FIGURES_FILE))
    checked = 0
    having = [
        code
        for code in figures.packed["areas"]
        if (report / area_page(code)).is_file()
        and any(row.place.startswith("newest") for row in figures.of(code))
    ]
    for code in having[:: max(1, len(having) // 12)]:
        page = read_page(report / area_page(code))
        ids = {one.attributes["id"]: one for one in page.all("tr") if "id" in one.attributes}
        for row in figures.of(code):
            if row.place.startswith("newest"):
                assert row.place in ids, (code, row.place)
                assert row.place.split("-")[1] == row.release.split(" ")[0]
                checked += 1
    assert checked > 10


def test_figure_of_another_series_has_its_own_title(sample_refresh: Refreshed, tmp_path: Path) -> None:
    """Where only the figure of all schools is held, it is not called one of secondary schools."""
    database = tmp_path / "civic.duckdb"
    database.write_bytes((sample_refresh.store / "civic.duckdb").read_bytes())
    with duckdb.connect(str(database)) as connection:
        (usual,) = connection.execute(
            "SELECT title FROM harmonised.indicators WHERE indicator = 'send'"
        ).fetchone() or ("",)
        connection.execute(
            """UPDATE harmonised.area_profile SET title = 'Of all schools'
            WHERE indicator = 'send' AND area_code = 'E09000019';
            UPDATE harmonised.area_profile SET title = ? WHERE indicator = 'send' AND area_code <> 'E09000019'""",
            [usual],
        )
        packed = pack(connection)
    figures = Figures(packed)

    def titles(code: str) -> set[str]:
        rows = [row for row in figures.of(code) if row.place == "row-send"]
        return {packed["items"][row.item][1] for row in rows}

    assert titles("E09000019") == {"Of all schools"}
    assert titles("E09000012") == {usual}
    # Whoever searches for the measure finds both.
    both = [number for number, item in enumerate(packed["items"]) if item[0] == "send"]
    measures = packed["items"][both[0]][4]
    assert len(both) == 2 and all(set(both) <= set(figures.items_of[measure]) for measure in measures)
