"""The pages of evidence: every figure once, as the read model has it, and nothing else changes a page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import duckdb
import pytest

from civic_assets.house_numbers.display import EVIDENCE_BYTES_OF_A_PAGE
from civic_assets.layers.store import Store
from civic_assets.publish.queries.trace import chain_of
from civic_assets.publish.site.evidence.addresses import RELEASES, address_sql, create_parts
from civic_assets.publish.site.evidence.section import EvidencePages
from civic_assets.publish.site.evidence.word_tables import create_words
from civic_assets.publish.site.glossary.vocabulary import status_words
from civic_assets.publish.site.page import Site
from civic_assets.quality.framework.wording import figure
from civic_assets_tests.shared_stores import Refreshed

# Rows of figures begin so; rows of the file have a number as their header.
ROW = re.compile(
    r'<tr id="(?P<anchor>[^"]+)"><th scope="row">(?P<about>.*?)</th><td class="n">(?P<value>.*?)</td>'
    r"<td>(?P<printed>.*?)</td><td>(?P<cell>.*?)</td><td>(?P<remarks>.*?)</td></tr>",
    re.DOTALL,
)
HOSTILE = "<script>alert(1)</script>&\"'"
MOST_BYTES = 300_000


def _text(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


def _rows(pages: Mapping[str, str]) -> dict[str, re.Match[str]]:
    """Rows of figures by address."""
    found: dict[str, re.Match[str]] = {}
    for name, text in pages.items():
        for row in ROW.finditer(text):
            address = f"{name}#{row['anchor']}"
            assert address not in found, "an anchor is used twice"
            found[address] = row
    return found


@pytest.fixture(scope="module")
def pages(sample_refresh: Refreshed) -> dict[str, str]:
    folder = sample_refresh.store / "report"
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted((folder / "evidence").rglob("*.html"))
    }


@pytest.fixture
def model(sample_refresh: Refreshed, tmp_path: Path) -> Path:
    """A copy of the sample's read model, to change."""
    shutil.copy2(sample_refresh.store / "civic.duckdb", tmp_path / "civic.duckdb")
    return tmp_path


def _keys(root: Path) -> dict[str, str]:
    with duckdb.connect(str(root / "civic.duckdb"), read_only=True) as connection:
        return {page.address: page.key for page in EvidencePages().plan(Site(Store(root), {}, connection))}


def _rendered(root: Path, wanted: str) -> dict[str, str]:
    """Pages whose address begins so."""
    with duckdb.connect(str(root / "civic.duckdb"), read_only=True) as connection:
        section, site = EvidencePages(), Site(Store(root), {}, connection)
        planned = [page for page in section.plan(site) if page.address.startswith(wanted)]
        assert planned
        return dict(section.render(site, planned))


def _change(root: Path, *statements: str) -> None:
    with duckdb.connect(str(root / "civic.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)


def test_every_figure_has_one_anchor_with_its_value_and_printed_text(
    sample_refresh: Refreshed, pages: dict[str, str]
) -> None:
    rows = _rows(pages)
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        create_parts(connection)
        published = connection.execute(
            f"SELECT {address_sql()}, value, status, quality, value_text, locator FROM harmonised.observations"
        ).fetchall()
    assert len(published) == len(rows) > 10_000
    for address, value, status, quality, printed, locator in published:
        row = rows[address]
        assert _text(row["printed"]) == (printed or ""), address
        assert _text(row["cell"]) == locator
        shown = _text(row["value"])
        if quality == "withheld":
            assert shown == status_words("withheld")
        elif value is None:
            assert shown == (status_words(status) if status else "no figure")
        else:
            assert shown == figure(value) + (f" ({status_words(status)})" if status else ""), address
        assert ("Disputed" in _text(row["remarks"])) == (quality == "disputed"), address


def test_rows_of_the_file_have_the_printed_text_under_the_letter_of_its_cell(pages: dict[str, str]) -> None:
    name = next(
        name for name in pages if name.startswith("evidence/ons_csp/") and name.endswith("/E09000019.html")
    )
    cells: dict[str, str] = {}
    for sheet, head, body in re.findall(
        r"<caption>(?:<span.*?</span> )?Sheet (.*?), as printed.*?<thead>(.*?)</thead><tbody>(.*?)</tbody>",
        pages[name],
        re.DOTALL,
    ):
        letters = re.findall(r'<th scope="col">(.*?)</th>', head)[1:]
        assert letters[0] == "A"
        for row, line in re.findall(r'<tr[^>]*><th scope="row">([0-9]+)</th>(.*?)</tr>', body):
            for letter, text in zip(letters, re.findall("<td>(.*?)</td>", line), strict=False):
                cells[f"{sheet}!{letter}{row}"] = unescape(text)
    rows = _rows({name: pages[name]})
    assert len(rows) > 50
    for row in rows.values():
        assert cells[_text(row["cell"])] == _text(row["printed"])


def test_every_page_of_made_up_figures_says_so(sample_refresh: Refreshed, pages: dict[str, str]) -> None:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        releases = connection.execute("SELECT source, release, synthetic FROM catalogue.releases").fetchall()
    assert {synthetic for _, _, synthetic in releases} == {True, False}
    for source, release, synthetic in releases:
        of_release = {n: t for n, t in pages.items() if n.startswith(f"evidence/{source}/{release}/")}
        assert of_release
        for name, text in of_release.items():
            assert ("SYNTHETIC" in text.partition("<main")[0]) == synthetic, name
            for caption in re.findall(r'<table class="evidence"><caption>(.*?)</caption>', text, re.DOTALL):
                assert ("SYNTHETIC" in caption) == synthetic, name
    assert "SYNTHETIC" in pages[RELEASES]


def test_page_says_of_a_figure_what_trace_says(sample_refresh: Refreshed, pages: dict[str, str]) -> None:
    """Disputed figures, those that other releases print differently, and those with notes."""
    store = Store(sample_refresh.store)
    rows = _rows(pages)
    with duckdb.connect(str(store.database), read_only=True) as connection:
        create_parts(connection)
        asked = connection.execute(
            f"""WITH f AS (SELECT o.rowid AS number, *, {address_sql()} AS address FROM harmonised.observations o)
            (SELECT number, address FROM f WHERE quality = 'disputed' ORDER BY ALL LIMIT 3) UNION ALL
            (SELECT f.number, f.address FROM f JOIN quality.revisions r ON f.source = r.source
                AND f.release = r.later_release AND f.locator = r.later_locator
                WHERE r.first_value <> r.later_value ORDER BY ALL LIMIT 3) UNION ALL
            (SELECT f.number, f.address FROM f JOIN catalogue.note_marks m USING (source, release, table_id)
                ORDER BY ALL LIMIT 2)"""
        ).fetchall()
        assert len(asked) > 5
        for number, address in asked:
            chain = chain_of(connection, store, number)
            page = _text(pages[address.partition("#")[0]])
            said, row = " ".join(page.split()), _text(rows[address]["remarks"])
            assert chain.file.sha256 in page and chain.file.file_name in page
            assert chain.locator == _text(rows[address]["cell"])
            for other in (*chain.earlier, *chain.later):
                alike = (other.value, other.status) == (chain.figure.value, chain.figure.status)
                printed = status_words(other.status or "") if other.value is None else figure(other.value)
                assert ("the same" if alike else printed) in row, (address, row)
            for finding in chain.findings:
                assert " ".join(finding.message.split()) in said
                assert finding.check_id in row
            for note in chain.notes:
                assert " ".join(note.text.split()) in said
            for check in (*chain.checks, *chain.release_checks):
                assert check.check_id in page


def test_hostile_text_is_escaped(model: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    (source, release), *_ = _releases(model)
    _change(
        model,
        f"UPDATE harmonised.observations SET value_text = '{quoted}', area_name = '{quoted}', "
        f"locator = locator || '{quoted}' WHERE source = '{source}' AND release = '{release}'",
        f"UPDATE catalogue.files SET file_name = '{quoted}', url = 'https://example.invalid/{quoted}'",
        f"UPDATE catalogue.releases SET file_name = '{quoted}'",
        f"UPDATE quality.check_results SET message = '{quoted}'",
        f"UPDATE catalogue.notes SET text = '{quoted}'",
        f"UPDATE quality.findings SET message = '{quoted}', observed = '{quoted}', locator = locator || '{quoted}'",
    )
    pages = _rendered(model, f"evidence/{source}/")
    assert pages
    for name, text in pages.items():
        assert "<script>alert" not in text, name
        assert "alert(1)" in text, name
        assert not re.search("""<[^>]*["']'[^>]*>""", text.partition("<main")[2]), name


def test_area_with_many_figures_has_parts_that_are_not_too_large(model: Path) -> None:
    (source, release), *_ = _releases(model)
    _change(
        model,
        f"""INSERT INTO harmonised.observations BY NAME
        SELECT o.* REPLACE ('Z0' AS area_code, 'Large' AS area_name,
            'L' || (2 + n // 100) || ':column ' || (n % 100) AS locator,
            n AS value, n::VARCHAR AS value_text, NULL AS status)
        FROM (SELECT * FROM harmonised.observations WHERE source = '{source}' AND release = '{release}' LIMIT 1) o,
            range(30000) t(n)""",
    )
    pages = _rendered(model, f"evidence/{source}/{release}/Z0")
    assert len(pages) > 10
    assert {name for name, text in pages.items() if len(text.encode()) > EVIDENCE_BYTES_OF_A_PAGE} == set()
    assert EVIDENCE_BYTES_OF_A_PAGE < MOST_BYTES
    rows = _rows(pages)
    assert sorted(int(_text(row["printed"])) for row in rows.values()) == list(range(30_000))
    with duckdb.connect(str(model / "civic.duckdb"), read_only=True) as connection:
        create_parts(connection)
        found = connection.execute(
            f"SELECT {address_sql()}, value_text FROM harmonised.observations WHERE area_code = 'Z0'"
        ).fetchall()
    assert {address: _text(row["printed"]) for address, row in rows.items()} == dict(found)


def test_equal_rows_give_equal_bytes(model: Path) -> None:
    (source, _), *_ = _releases(model)
    before = _rendered(model, f"evidence/{source}/")
    _change(
        model,
        "CREATE TABLE harmonised.turned AS SELECT * FROM harmonised.observations ORDER BY value_text DESC, locator",
        "DELETE FROM harmonised.observations",
        "INSERT INTO harmonised.observations SELECT * FROM harmonised.turned",
        "DROP TABLE harmonised.turned",
    )
    assert _rendered(model, f"evidence/{source}/") == before


def test_release_of_another_source_changes_no_key(model: Path) -> None:
    (source, release), *_ = _releases(model)
    before = _keys(model)
    _change(
        model,
        *(
            f"INSERT INTO {table} BY NAME SELECT * REPLACE ('another' AS source) FROM {table} "
            f"WHERE source = '{source}' AND release = '{release}'"
            for table in (
                "harmonised.observations",
                "catalogue.releases",
                "catalogue.files",
                "quality.check_results",
            )
        ),
        "UPDATE harmonised.observations SET release_order = release_order + 1000",
    )
    after = _keys(model)
    assert {name for name in before if after[name] != before[name]} == {RELEASES}
    assert any(name.startswith("evidence/another/") for name in after)


def test_changed_figure_changes_its_page_and_those_that_quote_it(model: Path) -> None:
    before = _keys(model)
    with duckdb.connect(str(model / "civic.duckdb"), read_only=True) as connection:
        create_parts(connection)
        source, release, locator, *_ = connection.execute(
            """SELECT a.source, a.release, a.locator FROM harmonised.observations a JOIN harmonised.observations b
            USING (source, measure, area_code, period_start, period_end, unit, statistic, breakdown)
            WHERE a.release <> b.release ORDER BY ALL LIMIT 1"""
        ).fetchall()[0]
        expected = {
            row[0]
            for row in connection.execute(
                f"""SELECT split_part({address_sql("b.source", "b.release", "b.area_code", "b.locator")}, '#', 1)
                FROM harmonised.observations a JOIN harmonised.observations b
                USING (source, measure, area_code, period_start, period_end, unit, statistic, breakdown)
                WHERE a.source = ? AND a.release = ? AND a.locator = ?""",
                [source, release, locator],
            ).fetchall()
        }
    assert len(expected) > 1
    _change(
        model,
        f"UPDATE harmonised.observations SET value = value + 1 WHERE source = '{source}' AND release = '{release}' "
        f"AND locator = '{locator}'",
    )
    after = _keys(model)
    assert {name for name in before if after[name] != before[name]} == expected


def test_numbers_are_written_as_everywhere() -> None:
    values = [
        0.0,
        -0.0,
        1.0,
        -1234567.0,
        0.5,
        1234.56789,
        0.00001234,
        -0.00001,
        1e15,
        123456789012345678.0,
        2.675,
        99.99995,
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA harmonised; CREATE SCHEMA catalogue")
        connection.execute(
            """CREATE TABLE harmonised.observations(measure VARCHAR, unit VARCHAR, statistic VARCHAR,
            period_kind VARCHAR, period_start DATE, period_end DATE, breakdown VARCHAR, status VARCHAR)"""
        )
        connection.execute("CREATE TABLE catalogue.measures(measure VARCHAR, unit_of_count VARCHAR)")
        create_words(connection, "")
        found = [
            connection.execute("SELECT evidence_number(?::DOUBLE)", [value]).fetchall()[0][0]
            for value in values
        ]
    assert found == [figure(value) for value in values]


def _releases(root: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(root / "civic.duckdb"), read_only=True) as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(
                "SELECT source, release FROM harmonised.observations WHERE source = 'ons_csp' GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        ]
