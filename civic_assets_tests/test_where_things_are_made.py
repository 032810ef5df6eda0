"""The page "Where things are made" names the module of every table and the template of every page of the report."""

from __future__ import annotations

import re

from civic_assets.publish.read_model.descriptions import explanations
from civic_assets.publish.report import links
from civic_assets.publish.site.quality import places
from civic_assets_tests.paths import PROJECT

TEMPLATES = PROJECT / "civic_assets" / "publish" / "site" / "quality"
PAGE = PROJECT / "docs" / "reference" / "where-things-are-made.md"


def _section(title: str) -> str:
    """Text below a heading of the page, up to the next heading."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_table_is_named_once_with_a_module_that_makes_it() -> None:
    makers = re.findall(
        r"^\| `(civic_assets/\S+\.py)` \| (.+) \|$", _section("Tables of the read model"), re.MULTILINE
    )
    named = [(table, module) for module, tables in makers for table in re.findall(r"`(\w+\.\w+)`", tables)]
    assert sorted(table for table, _ in named) == sorted(explanations().tables)
    for table, module in named:
        code = (PROJECT / module).read_text(encoding="utf-8")
        # In SQL, as an argument of a function that creates the table, or as a name in a mapping of tables.
        made = rf'(TABLE|VIEW) {table}\b|"{table}"|"{table.partition(".")[2]}": '
        assert re.search(made, code), (
            f"{module} does not create {table}; name the module that does in {PAGE.name}"
        )


def test_every_page_of_the_report_is_named_with_its_template() -> None:
    section = _section("Pages of the quality report")
    pages = re.findall(r"^\| `([\w<>/-]+\.html)` \| `\S+/(\w+\.html\.j2)` \|", section, re.MULTILINE)
    named = {page for page, _ in pages}
    rendered = {links.QUALITY, links.CHECKS, links.BREAKS, links.OURS, links.COMMON, links.NUMBERS}
    rendered |= {places.ACTIONS, places.DISPUTED, places.OVER_TIME, places.BIAS, places.REVISIONS}
    assert {page for page in named if "<" not in page} == rendered
    assert links.source_page("<source>") in named and len(pages) == len(named)
    code = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.glob("*.py"))
    assert {template for _, template in pages} == set(re.findall(r'"(\w+\.html\.j2)"', code))
    for file in TEMPLATES.glob("*.j2"):
        assert file.name in section, f"{file.name} is not in {PAGE.name}"


def test_every_file_that_the_page_names_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")
    files = re.findall(r"`((?:civic_assets|civic_assets_tests|data_contracts)/[^`]*)`", text)
    assert len(files) > 40
    assert [file for file in files if not (PROJECT / file).exists()] == []
