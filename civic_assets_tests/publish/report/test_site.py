"""The report as an auditor opens it: true to the read model, readable by anybody, and safe whatever a file holds."""

from __future__ import annotations

import os
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.answers.words import FOR_WHOM
from civic_assets.errors import UsageError
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.report import links, reading
from civic_assets.publish.site.build import build, build_if_older, folder_of
from civic_assets.publish.site.quality import section
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.places import check_page, release_page
from civic_assets.publish.site.record import RECORD
from civic_assets.publish.site.titles import with_titles
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.publish.report.html_pages import Element, pages_of
from civic_assets_tests.publish.report.stores import add

pytestmark = pytest.mark.usefixtures("site_now")

EDITION, BROKEN = "synthetic-csp-tables-2022-12.xlsx", "synthetic-csp-tables-2022-06.xlsx"
CURRENT = ("number of police recorded crimes", "year ending june 2022")
HOSTILE = "<script>alert(1)</script>"
FILE = "<img src=x onerror=alert(2)>.csv"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The report's tables under a hostile name and with a hostile cell, one synthetic edition, and one held back."""
    root = tmp_path_factory.mktemp("store")
    given = root / "given"
    given.mkdir()
    text = REPORT_TABLES.read_text(encoding="utf-8")
    line = "Criminal damage and arson,1510,1454,1496,16"
    assert line in text
    (given / FILE).write_text(_with_remarks(text, line), encoding="utf-8")
    (given / EDITION).write_bytes(workbook_bytes(EDITIONS[EDITION]))
    (root / BROKEN).write_bytes(workbook_bytes(EDITIONS[BROKEN]))
    defects.remove_column(root / BROKEN, given / "broken.xlsx", CURRENT, "Robbery")
    made = Store(root / "store")
    add(made, given)
    build(made)
    return made


def _with_remarks(text: str, line: str) -> str:
    """The report's tables, the second with one more column, in which a hostile text is on one line."""
    lines = text.splitlines()
    first = next(i for i, other in enumerate(lines) if other.startswith("Crime or offence type,"))
    last = lines.index("", first)
    for i in range(first, last):
        lines[i] += "," + ("Remarks" if i == first else HOSTILE if lines[i] == line else "")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def site_pages(store: Store) -> dict[str, Element]:
    return pages_of(folder_of(store))


@pytest.fixture(scope="module")
def quality_pages(site_pages: dict[str, Element]) -> dict[str, Element]:
    """The pages of the quality report alone."""
    return {name: page for name, page in site_pages.items() if name.startswith(("quality/", "sources/"))}


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def by_id(page: Element, name: str) -> Element:
    (found,) = [element for element in page.all() if element.attributes.get("id") == name]
    return found


def test_every_source_has_a_page(store: Store, site_pages: dict[str, Element]) -> None:
    listed = {f"sources/{source}.html" for (source,) in rows(store, "SELECT source FROM catalogue.sources")}
    assert {name for name in site_pages if re.fullmatch("sources/[^/]+", name)} == listed
    assert {
        name.split("/")[1] for name in site_pages if name.count("/") == 2 and name.startswith("sources/")
    } == {source for (source,) in rows(store, "SELECT source FROM catalogue.sources")}, (
        "each has a folder, in which its contract is"
    )
    assert {
        "index.html",
        "quality/index.html",
        "quality/checks.html",
        "quality/breaks.html",
        "quality/published.html",
    } <= site_pages.keys()


def test_pages_ask_for_nothing_else(site_pages: dict[str, Element]) -> None:
    for name, page in site_pages.items():
        for element in page.all():
            assert element.tag not in ("iframe", "object", "embed", "img", "video"), name
            assert not any(key.startswith("on") for key in element.attributes), name
            if element.tag not in ("a", "script", "link"):
                for key in ("src", "href", "xlink:href"):
                    assert element.attributes.get(key, "#").startswith("#"), (name, element.tag)
        styles = " ".join(style.text for style in page.all("style"))
        assert "url(" not in styles and "@import" not in styles


def test_every_link_within_the_report_leads_somewhere(
    site_pages: dict[str, Element], quality_pages: dict[str, Element]
) -> None:
    ids = {
        name: {e.attributes["id"] for e in page.all() if "id" in e.attributes}
        for name, page in site_pages.items()
    }
    for name, page in quality_pages.items():
        for link in page.all("a"):
            target = link.attributes["href"]
            if target.startswith(("https://", "http://")):
                continue
            path, _, fragment = target.partition("#")
            folder = Path(name).parent
            there = str(Path(*_resolved([*folder.parts, *Path(path).parts]))) if path else name
            assert there in site_pages, (name, target)
            assert not fragment or fragment in ids[there], (name, target)


def _resolved(parts: list[str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == "..":
            found.pop()
        else:
            found.append(part)
    return found


def test_ids_are_unique_in_a_page(site_pages: dict[str, Element]) -> None:
    for name, page in site_pages.items():
        ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), name


def test_page_can_be_read_without_seeing_it(site_pages: dict[str, Element]) -> None:
    for name, page in site_pages.items():
        (root,) = page.all("html")
        assert root.attributes["lang"] == "en-GB"
        assert page.all("title")[0].text
        assert [len(page.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1], name
        skip = page.all("a")[0]
        assert skip.attributes["href"] == "#main" and by_id(page, "main").tag == "main"
        levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1, name
        assert all(below - above <= 1 for above, below in pairwise(levels)), name
        assert all(heading.text for heading in page.all("h1", "h2", "h3", "h4")), name
        navigations = [nav.attributes.get("aria-label") for nav in page.all("nav")]
        assert all(navigations) and len(navigations) == len(set(navigations)), name


def test_every_table_has_a_caption_and_every_header_a_scope(quality_pages: dict[str, Element]) -> None:
    for name, page in quality_pages.items():
        for table in page.all("table"):
            assert table.children[0].tag == "caption" and table.children[0].text, name
            assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th")), name
            widths = {len(row.all("th", "td")) for row in table.all("tr")}
            assert len(widths) == 1, (name, table.children[0].text, widths)


def test_table_that_is_stacked_on_a_narrow_screen_names_each_cell_by_its_header(
    site_pages: dict[str, Element],
) -> None:
    stacked = [
        t
        for page in site_pages.values()
        for t in page.all("table")
        if t.attributes.get("class", "") == "cards"
        and t.all("td")[0].attributes.get("data-label") == "Source"
    ]
    assert stacked
    for table in stacked:
        (head,), rows = table.all("thead"), [row for row in table.all("tr") if row.within("tbody")]
        headers = [cell.text for cell in head.all("th")]
        assert rows
        for row in rows:
            assert [cell.attributes.get("data-label") for cell in row.all("td")] == headers


def test_id_of_a_check_is_not_broken_over_two_lines(site_pages: dict[str, Element]) -> None:
    ids = [
        one
        for name, page in site_pages.items()
        if name.startswith(("quality/", "sources/"))
        for list_ in page.all("ul", "table")
        if list_.attributes.get("class") == "causes" or list_.tag == "table"
        for one in list_.all("a", "span")
        if re.fullmatch(r"[A-Z]+-[0-9]{2},?", one.text)
        and one.attributes.get("class", "").split()[:1] != ["hidden"]
    ]
    assert len(ids) > 100
    assert {one.attributes.get("class") for one in ids} == {"id"}


def test_every_chart_has_a_title_a_description_and_a_table(quality_pages: dict[str, Element]) -> None:
    drawn = 0
    for name, page in quality_pages.items():
        for chart in page.all("svg"):
            drawn += 1
            assert chart.attributes["role"] == "img"
            said = [by_id(page, one).text for one in chart.attributes["aria-labelledby"].split()]
            assert len(said) == 2 and all(said), name
            assert "table below" in said[1].lower()
            # The nearest section that has it, or the page itself.
            around = [s for s in page.all("main", "section") if chart in s.all("svg")][-1]
            assert around.all("table"), name
    assert drawn >= 2


def test_scrolling_parts_can_be_reached_and_are_named(quality_pages: dict[str, Element]) -> None:
    for page in quality_pages.values():
        for part in page.all("div"):
            if part.attributes.get("class") == "scroll":
                assert part.attributes["tabindex"] == "0" and part.attributes["role"] == "region"
                assert part.attributes["aria-label"]


def test_state_is_shown_by_symbol_and_word(site_pages: dict[str, Element]) -> None:
    seen = set()
    for page in site_pages.values():
        for mark in page.all("span"):
            kind = mark.attributes.get("class", "")
            if kind.startswith("state "):
                words = mark.text.split(maxsplit=1)
                assert len(words) == 2 and len(words[0]) == 1, mark.text
                seen.add(words[1])
    assert {"pass", "warn", "fail", "not evaluated", "blocking", "warning"} <= seen


def page_of_finding(store: Store, source: str, identifier: str) -> str:
    """The page to which the page of a source, or of the derived tables, leads from the stable anchor of a finding."""
    found = pages_of_folder(store)
    name = f"sources/{source}.html"
    name = name if name in found else "quality/published.html"
    line = by_id(found[name], f"finding-{identifier}")
    (link,) = [line] if line.tag == "a" else line.all("a")
    path, _, fragment = link.attributes["href"].partition("#")
    assert fragment == f"finding-{identifier}"
    return str(Path(*_resolved([*Path(name).parent.parts, *Path(path).parts])))


def pages_of_folder(store: Store) -> dict[str, Element]:
    if store.root not in _READ:
        _READ[store.root] = pages_of(folder_of(store))
    return _READ[store.root]


_READ: dict[Path, dict[str, Element]] = {}


def test_what_a_publisher_wrote_is_text_and_nothing_else(
    store: Store, site_pages: dict[str, Element]
) -> None:
    own = {name: page for name, page in site_pages.items() if name.startswith("sources/gla_report")}
    assert any(cell.text.startswith(HOSTILE) for page in own.values() for cell in page.all("td")), (
        "the hostile cell is a neighbour"
    )
    assert any(FILE in one.text for one in own[release_page("gla_report", "2023-05")].all("dd"))
    for name in own:
        written = (folder_of(store) / name).read_text(encoding="utf-8")
        assert HOSTILE not in written and "<img" not in written


def test_finding_shows_cell_sentence_expectation_and_proposal(
    store: Store, site_pages: dict[str, Element]
) -> None:
    ((identifier, message),) = rows(
        store,
        "SELECT finding_id, message FROM quality.findings WHERE check_id = 'V-10' AND source = 'gla_report'",
    )
    article = by_id(site_pages[page_of_finding(store, "gla_report", identifier)], f"finding-{identifier}")
    assert message in article.text
    (accused,) = [cell for cell in article.all("td") if "accused" in cell.attributes.get("class", "").split()]
    assert accused.text == "16 ◆ this cell"
    facts = dict(zip([e.text for e in article.all("dt")], [e.text for e in article.all("dd")], strict=True))
    assert facts["Found"] == "16" and facts["Expected"] == "1,627"
    assert facts["Proposed"].startswith("1,627, the most likely of 8 equally small repairs")
    assert facts["Status"] == "open"
    assert "27,571 → 25,960" in article.text, "the other repairs are listed"
    (figure,) = [link for link in article.all("a") if link.text == "16"]
    assert figure.attributes["href"].startswith("../../evidence/gla_report/2023-05/"), "and its evidence"


def test_every_finding_is_under_its_stable_anchor(store: Store, site_pages: dict[str, Element]) -> None:
    found = rows(store, "SELECT source, finding_id FROM quality.findings")
    assert len(found) > 20
    for source, identifier in found:
        page = site_pages[page_of_finding(store, source, identifier)]
        assert by_id(page, f"finding-{identifier}").tag == "article"


def test_findings_are_grouped_by_what_somebody_must_do(store: Store, site_pages: dict[str, Element]) -> None:
    page = site_pages["sources/gla_report.html"]
    for audience, heading in FOR_WHOM.items():
        wanted = rows(
            store,
            f"""SELECT DISTINCT c.cause_id, c.action, c.message
            FROM quality.causes c JOIN quality.findings f USING (cause_id)
            WHERE f.source = 'gla_report' AND c.asks_action AND c.audience = '{audience}'""",
        )
        sections = [s for s in page.all("section") if s.attributes.get("id") == f"for-{audience}"]
        assert len(sections) == bool(wanted), audience
        for group in sections:
            assert group.all("h3")[0].text == f"{heading[:1].upper()}{heading[1:]} {len(wanted)}"
            for cause, action, message in wanted:
                entry = by_id(group, f"cause-{cause}").text
                assert with_titles(message) in entry and f"To do: {action}" in entry


def test_held_back_release_is_named_with_its_reasons(store: Store, site_pages: dict[str, Element]) -> None:
    ((release, reason),) = rows(
        store, "SELECT release, held_back FROM catalogue.releases WHERE state = 'held_back'"
    )
    for name in ("quality/index.html", "sources/ons_csp.html", release_page("ons_csp", release)):
        notice = [e.text for e in site_pages[name].all("div") if "grave" in e.attributes.get("class", "")]
        assert any(" ".join(reason.split()) in text for text in notice), name
        assert any(release in text for text in (*notice, site_pages[name].all("h1")[0].text)), name


def test_made_up_figures_are_called_so_on_top(site_pages: dict[str, Element]) -> None:
    shown = [name for name in site_pages if name.startswith("sources/ons_csp/") and "contract" not in name]
    shown = [name for name in shown if not name.endswith("/breaks.html")]
    assert len(shown) > 5
    for name in (
        "quality/index.html",
        "sources/ons_csp.html",
        "quality/actions.html",
        "quality/checks.html",
        *shown,
    ):
        assert "SYNTHETIC SAMPLE DATA" in site_pages[name].text, name
        assert site_pages[name].all("title")[0].text.startswith("SYNTHETIC"), name
    for name, page in site_pages.items():
        if name.startswith("sources/gla_report"):
            assert "SYNTHETIC" not in page.text, name


def test_every_result_of_a_release_is_listed_with_three_counts(
    store: Store, site_pages: dict[str, Element]
) -> None:
    row = by_id(site_pages["sources/gla_report.html"], "release-2023-05")
    assert row.all("a")[0].attributes["href"] == "../" + release_page("gla_report", "2023-05")
    section = by_id(site_pages[release_page("gla_report", "2023-05")], "checks")
    listed = [row.all("th")[0].text for row in section.all("tbody")[0].all("tr")]
    wanted = rows(
        store,
        "SELECT check_id FROM quality.check_results WHERE source = 'gla_report' AND release = '2023-05'",
    )
    assert sorted(listed) == sorted(check for (check,) in wanted)
    counted = dict(
        rows(
            store,
            """SELECT outcome, count(*) FROM quality.check_results
            WHERE source = 'gla_report' AND release = '2023-05' GROUP BY 1""",
        )
    )
    summary = section.all("p")[0].text
    assert re.search(
        rf"\b{counted['pass']} pass, {counted['fail']} fail( \([0-9]+ blocking\))?, "
        rf"{counted['not_evaluated']} not evaluated",
        summary,
    )
    assert [cell.text for cell in row.all("td")[3:6]] == [
        str(counted[one]) for one in ("pass", "fail", "not_evaluated")
    ]


def test_result_that_was_not_evaluated_says_so_and_why(store: Store, site_pages: dict[str, Element]) -> None:
    unknown = {check for (check,) in rows(
        store, "SELECT check_id FROM quality.check_results WHERE source = 'gla_report' AND outcome = 'not_evaluated'"
    )}  # fmt: skip
    assert unknown
    section = by_id(site_pages[release_page("gla_report", "2023-05")], "checks")
    for row in section.all("tbody")[0].all("tr"):
        cells = row.all("th", "td")
        if cells[0].text in unknown:
            assert cells[3].text == "○ not evaluated" and ": " in cells[6].text
        else:
            assert "not evaluated" not in cells[3].text


def test_matrix_holds_the_counts_of_the_read_model(store: Store, site_pages: dict[str, Element]) -> None:
    table = next(t for t in by_id(site_pages["quality/index.html"], "quality").all("table"))
    row = next(r for r in table.all("tr") if r.all("th")[0].text == "gla_report")
    for dimension, cell in zip(reading.DIMENSIONS, row.all("td"), strict=False):
        ((passed, failed, unknown, blocking),) = rows(
            store,
            f"""SELECT count(*) FILTER (outcome = 'pass'), count(*) FILTER (outcome = 'fail'),
                count(*) FILTER (outcome = 'not_evaluated'),
                count(*) FILTER (outcome = 'fail' AND severity = 'blocking')
            FROM quality.check_results WHERE source = 'gla_report' AND dimension = '{dimension}'""",
        )
        if not passed + failed + unknown:
            assert cell.text == "no check"
            continue
        word = "fail" if blocking else "warn" if failed else "pass" if passed else "not evaluated"
        assert f" {word} " in cell.text
        assert cell.text.endswith(f"{unknown} not evaluated") and f"{passed} pass, {failed} fail" in cell.text


def test_every_house_number_is_shown_and_its_checks_lead_to_it(
    store: Store, site_pages: dict[str, Element]
) -> None:
    page = site_pages["quality/house-numbers.html"]
    numbers = rows(store, "SELECT name, value, because FROM catalogue.house_numbers")
    assert len(numbers) > 200
    for name, value, because in numbers:
        row = by_id(page, f"number-{name}").text
        assert value in row and " ".join(because.split()) in row, name
    assert "Comparability" in page.text and "Thresholds of ons_csp" in page.text
    check = by_id(site_pages["quality/checks.html"], "check-V-21")
    assert f"../{check_page('V-21', 'validated')}" in [link.attributes.get("href") for link in check.all("a")]
    targets = [link.attributes.get("href") for link in site_pages[check_page("V-21", "validated")].all("a")]
    assert "../../quality/house-numbers.html#number-LEAST_SPREAD" in targets


def test_every_check_is_listed_and_has_a_page(store: Store, site_pages: dict[str, Element]) -> None:
    listed = site_pages["quality/checks.html"]
    checks = rows(
        store, "SELECT DISTINCT check_id, layer, name, statement, cannot_tell FROM catalogue.checks"
    )
    assert len(checks) > 100
    for check, layer, name, statement, cannot_tell in checks:
        anchor = f"check-{check}-published" if layer == "published" else f"check-{check}"
        assert name in by_id(listed, anchor).text
        page = site_pages[check_page(check, layer)].text
        assert " ".join(statement.split()) in page and " ".join((cannot_tell or "").split()) in page, check


def test_checks_over_time_are_those_of_the_read_model(store: Store, site_pages: dict[str, Element]) -> None:
    section = by_id(site_pages["quality/over-time.html"], "source-ons_csp")
    counted = rows(
        store,
        """SELECT release, count(*) FILTER (outcome = 'pass'), count(*) FILTER (outcome = 'fail'),
            count(*) FILTER (outcome = 'fail' AND severity = 'blocking'), count(*) FILTER (outcome = 'not_evaluated')
        FROM quality.check_results WHERE source = 'ons_csp' AND release <> 'published' GROUP BY 1 ORDER BY 1 DESC""",
    )
    assert len(counted) == 2
    for row, (release, passed, failed, blocking, unknown) in zip(section.all("tr")[1:], counted, strict=True):
        cells = [cell.text for cell in row.all("th", "td")]
        fails = f"{failed} ({blocking} blocking)" if blocking else str(failed)
        assert [cells[0], *cells[2:]] == [release, str(passed), fails, str(unknown)]
    (chart,) = section.all("svg")
    assert "2022-06" in chart.text and "2022-12" in chart.text and "SYNTHETIC" in chart.text
    by_check = site_pages["sources/ons_csp/checks.html"].all("table")[-1]
    results = rows(
        store,
        "SELECT check_id, release, outcome, severity, n_failed FROM quality.check_results WHERE source = 'ons_csp' "
        "AND release <> 'published'",
    )
    releases = [cell.text for cell in by_check.all("tr")[0].all("th")[1:]]
    shown = {
        (row.all("th")[0].all("a", "span")[0].text, release): cell.text
        for row in by_check.all("tr")[1:]
        for release, cell in zip(releases, row.all("td"), strict=True)
    }
    assert len(results) > 30
    for check, release, outcome, severity, n_failed in results:
        word = {"pass": "pass", "not_evaluated": "not evaluated"}.get(outcome)
        word = word or f"{'fail' if severity == 'blocking' else 'warn'} {n_failed:,}"
        assert shown.pop((check, release))[2:] == word, (check, release)
    assert set(shown.values()) <= {"no check"}


def test_common_tables_are_shown_with_counts_and_meanings(
    store: Store, site_pages: dict[str, Element]
) -> None:
    page = site_pages["quality/common.html"]
    for table in ("harmonised.unified_periods", "harmonised.age_bands", "catalogue.categories"):
        ((n,),) = rows(store, f"SELECT count(*) FROM {table}")
        assert f"{table} has {n:,} row" in by_id(page, f"table-{table}").text
        schema, name = table.split(".")
        meanings = rows(
            store,
            f"SELECT column_name FROM catalogue.columns WHERE (schema_name, table_name) = ('{schema}', '{name}')",
        )
        columns = by_id(page, f"columns-{table}").text
        assert meanings and all(column in columns for (column,) in meanings)
    ((n,),) = rows(
        store,
        "SELECT count(*) FROM harmonised.unified_periods WHERE list_contains(timeframes, 'rolling_year')",
    )
    assert f"{n:,}" in by_id(page, "table-harmonised.unified_periods").text


def test_disputed_figures_lead_to_their_findings(site_pages: dict[str, Element]) -> None:
    index = by_id(site_pages["quality/index.html"], "disputed")
    assert index.text.startswith("Disputed figures 2 figures")
    assert [link.attributes["href"] for link in index.all("a")] == ["../quality/disputed.html"]
    section = site_pages["quality/disputed.html"].all("table")[0]
    printed = [row.all("td")[5].text for row in section.all("tbody")[0].all("tr")]
    assert sorted(printed) == ["1,208", "16"]
    for row in section.all("tbody")[0].all("tr"):
        assert all("#finding-" in link.attributes["href"] for link in row.all("td")[7].all("a"))
        (proof,) = row.all("td")[5].all("a")
        assert proof.attributes["href"].startswith("../evidence/")


def test_equal_publications_give_equal_files(store: Store) -> None:
    def files() -> dict[Path, bytes]:
        found = [file for file in folder_of(store).rglob("*") if file.is_file() and file.name != RECORD]
        return {file: file.read_bytes() for file in found}

    before = files()
    shutil.rmtree(folder_of(store))
    assert build(store).new
    assert files() == before


def test_report_that_is_up_to_date_is_not_built_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(section, "pages_of", lambda _: pytest.fail("was built"))
    built = build_if_older(store, said.append)
    assert built is not None and not built.new and said == []


@pytest.fixture
def copy(store: Store, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(store.root, tmp_path / "copy")))


@pytest.mark.parametrize(
    "damage", ["index.html", "site.json", ".", "assets", "quality/checks.html", "sources/ons_csp.html"]
)
def test_report_that_is_not_whole_is_built_again(copy: Store, damage: str) -> None:
    place = folder_of(copy) / damage
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    said: list[str] = []
    built = build_if_older(copy, said.append)
    assert built is not None and built.new and built.index.is_file() and len(said) == 1


def test_report_with_a_page_that_somebody_changed_is_built_again(copy: Store) -> None:
    first = build_if_older(copy)
    page = folder_of(copy) / "sources" / "ons_csp.html"
    content = page.read_bytes()
    page.unlink()  # the copy may share its file
    page.write_bytes(content.replace(b"</main>", b"<p>All figures are right.</p></main>"))
    again = build_if_older(copy)
    assert first and again and again.new
    assert page.read_bytes() == content


def test_last_good_report_stays_when_building_fails(copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = section.pages_of

    def broken(report: Report) -> object:
        yield next(iter(whole(report)))
        raise OSError("the disk is full")

    before = (folder_of(copy) / "index.html").read_bytes()
    monkeypatch.setattr(section, "pages_of", broken)
    with pytest.raises(OSError, match="disk is full"):
        build(copy)
    assert (folder_of(copy) / "index.html").read_bytes() == before
    assert not list(copy.root.glob(".report-*"))


def test_last_good_report_is_put_back_when_the_new_one_cannot_be_moved(
    copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.rename, []

    def second_fails(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError("no")
        real(source, target)

    before = (folder_of(copy) / "index.html").read_bytes()
    monkeypatch.setattr(os, "rename", second_fails)
    with pytest.raises(OSError, match="no"):
        build(copy)
    assert (folder_of(copy) / "index.html").read_bytes() == before


def test_report_that_a_kill_left_aside_is_put_back(copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = copy.root / ".report-killed"
    aside.mkdir()
    folder_of(copy).rename(aside / "old")
    monkeypatch.setattr(section, "pages_of", lambda _: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        build(copy)
    assert (folder_of(copy) / "index.html").is_file()


def test_nothing_published_is_reported_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing is published"):
        build(Store(tmp_path))
    assert build_if_older(Store(tmp_path)) is None
    assert not folder_of(Store(tmp_path)).exists()


def test_long_lists_are_cut_and_say_how_to_see_the_rest(copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "REPORT_FINDINGS_OF_A_CHECK", 2)
    build(copy)
    found = pages_of(folder_of(copy))
    group = by_id(found["sources/gla_report.html"], "findings-V-09")
    ((n,),) = rows(
        copy, "SELECT count(*) FROM quality.findings WHERE source = 'gla_report' AND check_id = 'V-09'"
    )
    articles = [
        article
        for name, page in found.items()
        if name.startswith("sources/gla_report/cause-")
        for article in page.all("article")
        if any(fact.text.startswith("V-09") for fact in article.all("dd"))
    ]
    assert len(articles) == 2
    (sql,) = [code.text for code in group.all("code")]
    assert f"{n - 2} more are not shown" in group.text
    assert len(rows(copy, sql)) == n
    cut = 0
    for name, page in found.items():
        if name.startswith("sources/gla_report/cause-"):
            for code in page.all("code"):
                if code.text.startswith("SELECT"):
                    cut += len(rows(copy, code.text)) - len(page.all("article"))
    assert cut >= n - 2


def test_anchors_that_other_parts_link_to_stay(store: Store, site_pages: dict[str, Element]) -> None:
    """Alerts, Dagster, the start page, the search and people's own notes lead to these (`publish.report.links`)."""

    def ids(name: str) -> set[str]:
        return {element.attributes["id"] for element in site_pages[name].all() if "id" in element.attributes}

    sources = [source for (source,) in rows(store, "SELECT source FROM catalogue.sources")]
    wanted = [
        (links.source_page(source), one)
        for source in sources
        for one in ("summary", "causes", "findings", "releases", "contract")
    ]
    wanted += [
        (links.source_page(source), links.release_anchor(release))
        for source, release in rows(store, "SELECT source, release FROM catalogue.releases")
    ]
    for source, release in rows(store, "SELECT DISTINCT source, release FROM quality.check_results"):
        if source not in sources:
            wanted.append((links.OURS, links.anchor("table", source)))
        elif release == "published":
            wanted.append((links.source_page(source), links.anchor("results", release)))
    for source, check in rows(store, "SELECT DISTINCT source, check_id FROM quality.findings"):
        if source in sources:
            wanted.append((links.source_page(source), links.group_anchor(check)))
        else:
            wanted.append((links.OURS, links.group_of_ours(source, check)))
    for source, cause in rows(store, "SELECT source, cause_id FROM quality.causes WHERE source IS NOT NULL"):
        wanted.append(
            (links.source_page(source) if source in sources else links.OURS, links.cause_anchor(cause))
        )
    wanted += [
        (links.CHECKS, links.check_anchor(check, layer))
        for check, layer in rows(store, "SELECT check_id, layer FROM catalogue.checks")
    ]
    wanted += [
        (links.QUALITY, one)
        for one in ("publication", "causes", "quality", "sources", "blocking", "disputed", "registers")
    ]
    there = {name: ids(name) for name in {name for name, _ in wanted}}
    assert len(wanted) > 300
    assert [(name, one) for name, one in wanted if one not in there[name]] == []
