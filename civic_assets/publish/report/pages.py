"""Rendering of the report's pages.

Belongs here: the data for each template, and the functions that templates may call. Does not belong here: what is shown
(`views`), and putting the files in place (`site`).

Everything that a publisher wrote (names of files and sheets, texts of cells) is unsafe until escaped: the templates
escape everything put into them, and a link may only lead to a web page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets import __version__
from civic_assets.answers.inspection import FoundTable
from civic_assets.answers.words import FOR_WHOM
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.display import REPORT_ROWS_OF_A_LIST
from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.publish.queries.sources import stale_from
from civic_assets.publish.report import links, page_charts, views, words
from civic_assets.publish.report.changes import Changes
from civic_assets.publish.report.chosen_numbers import NumberGroup, numbers_of_checks
from civic_assets.publish.report.common_tables import CommonTable
from civic_assets.publish.report.reading import DIMENSIONS, ReportFacts, Row
from civic_assets.publish.report.registers import Section
from civic_assets.publish.report.shown_cells import ShownCells

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Report:
    """Everything that the pages are built from.

    Args:
        manifest: Manifest of the current publication.
        cells: Cells around findings, read when a page needs them.
        tables: Tables found in each release, by (source, release).
        registers: Sections of registers, by source.
        common: Tables with the same years, ages and categories.
        numbers: House numbers by subject.
    """

    facts: ReportFacts
    manifest: Mapping[str, Any]
    changes: Changes | None
    contracts: Mapping[str, Contract]
    cells: ShownCells
    tables: Mapping[tuple[str, str], Sequence[FoundTable]]
    registers: Mapping[str, Sequence[Section]]
    breaks: Sequence[Row]
    designations: Sequence[Row]
    common: Sequence[CommonTable]
    numbers: Sequence[NumberGroup]

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """Names of checks by id and layer."""
        return {(check["check_id"], check["layer"]): check["name"] for check in self.facts.checks}

    @cached_property
    def frame(self) -> Mapping[str, Any]:
        """What the frame of every page shows: links to the pages that there are."""
        return {
            "has": {
                "ours": bool(self.tables_of_ours),
                "numbers": bool(self.numbers),
                "common": bool(self.common),
                "breaks": bool(self.breaks),
            },
        }

    @property
    def tables_of_ours(self) -> tuple[str, ...]:
        """Derived tables, and anything else that has results or rows of a register but is not a source."""
        named = {*self.facts.tables_of_ours, *self.registers}
        return tuple(sorted(named - set(self.facts.source_names)))

    def register_place(self, source: str, table: str) -> str:
        """Link to a register's rows about a source, relative to the report's folder."""
        if source in self.facts.source_names:
            return f"{links.source_page(source)}#{links.anchor('register', table)}"
        return f"{links.OURS}#{links.anchor('register', table, source)}"


@dataclass(frozen=True)
class Page:
    """A page with everything that it shows, apart from its frame.

    Args:
        name: Path relative to the report's folder.
        template: Name of its template.
        data: What the template is given. The template sees nothing else that can change, so that the hash of the data
            tells whether the page would be the same.
        drawn: Makes what is made from the data only for a page that is rendered, and replaces its entries: charts, and
            findings with their cells.
        kept: Whether the page may be kept from one report to the next.
    """

    name: str
    template: str
    data: Mapping[str, Any]
    drawn: Callable[[], Mapping[str, Any]] = dict
    kept: bool = True


class Renderer:
    """Makes the text of pages."""

    def __init__(self, report: Report) -> None:
        self._frame = report.frame
        self._environment = _environment()

    def new(self, page: Page) -> str:
        """Text of a page, from its data."""
        places = page.data.get("places", {})
        given = {"place_of": lambda *finding: places[finding], **page.data, **page.drawn()}
        return self._environment.get_template(page.template).render(
            page=page.name, root="../" * page.name.count("/"), **self._frame, **given
        )


def pages_of(report: Report) -> Iterator[Page]:
    """The pages, each with everything that it shows."""
    facts = report.facts
    matrix = views.matrix(facts)
    yield Page(
        links.QUALITY,
        "index.html.j2",
        {},
        lambda: {
            "report": report,
            "manifest": report.manifest,
            "facts": facts,
            "matrix": matrix,
            "chart": page_charts.outcomes(matrix),
            "total": words.Counts.of(facts.results),
            "severities": views.severities(facts),
            "asking": [views.with_page(facts, cause) for cause in facts.found_causes if cause["asks_action"]],
            "blocking": _blocking(facts),
            "registered": [
                name for name in (*facts.source_names, *report.tables_of_ours) if name in report.registers
            ],
            "place_of": views.Places(facts).href,
            "register_place": report.register_place,
        },
        # It shows the publication itself and something of every source.
        kept=False,
    )
    yield Page(
        links.CHECKS,
        "checks.html.j2",
        {
            "layers": views.catalogue(facts),
            "chosen": numbers_of_checks(report.numbers),
            "source_names": facts.source_names,
        },
    )
    if report.tables_of_ours:
        yield _published(report, matrix)
    if report.numbers:
        anchors = {
            check["check_id"]: links.check_anchor(check["check_id"], check["layer"]) for check in facts.checks
        }
        yield Page(links.NUMBERS, "house_numbers.html.j2", {"anchors": anchors, "numbers": report.numbers})
    if report.common:
        yield Page(links.COMMON, "common.html.j2", {"common": report.common})
    if report.breaks:
        yield Page(links.BREAKS, "breaks.html.j2", {"breaks": report.breaks})
    for source in facts.sources:
        yield _source(report, source)


def _published(report: Report, matrix: Sequence[views.MatrixRow]) -> Page:
    facts = report.facts
    causes = [cause for cause in facts.found_causes if cause["source"] not in facts.source_names]
    tables = report.tables_of_ours
    results = {table: [one for one in facts.results if one["source"] == table] for table in tables}
    return Page(
        links.OURS,
        "published.html.j2",
        {
            "tables": tables,
            "matrix": [row for row in matrix if row.href == links.OURS],
            "results": results,
            # Findings about derived tables name no cell of a publisher's file.
            "groups": {name: views.groups(facts, name, {}) for name in tables},
            "registers": {name: report.registers.get(name, ()) for name in tables},
            "causes": causes,
            **_linked(report, causes, [], [one for own in results.values() for one in own]),
        },
    )


def _linked(
    report: Report, causes: Sequence[Row], disputed: Sequence[Row], results: Sequence[Row]
) -> dict[str, Any]:
    """Addresses of the findings that a page leads to, and names of the checks whose results it lists."""
    places = views.Places(report.facts)
    named = {
        (one["source"], one["check_id"], one["finding_id"]) for cause in causes for one in cause["shown"]
    }
    named |= {
        (figure["source"], one["check_id"], one["finding_id"])
        for figure in disputed
        for one in figure["findings"]
    }
    checks = {(one["check_id"], one["layer"]) for one in results}
    return {
        "places": {finding: places.href(*finding) for finding in sorted(named)},
        "names": {key: name for key, name in report.names.items() if key in checks},
    }


def _source(report: Report, source: Row) -> Page:
    facts, name = report.facts, source["source"]
    results = [result for result in facts.results if result["source"] == name]
    releases = [release for release in facts.releases if release["source"] == name]
    of_release: dict[str, list[Row]] = {}
    for result in results:
        of_release.setdefault(result["release"], []).append(result)
    known = {release["release"] for release in releases}
    measures = [measure for measure in facts.measures if measure["source"] == name]
    figures = facts.figures.get(name)
    contract = report.contracts.get(name)
    sections = report.registers.get(name, ())
    causes = [cause for cause in facts.found_causes if cause["source"] == name]
    disputed = [figure for figure in facts.disputed if figure["source"] == name]
    data = {
        "source": source,
        "contract": contract,
        "contract_changed": contract is not None and contract.sha256 != source["contract_sha256"],
        "figures": figures,
        "stale_from": stale_from(contract, figures["end_day"]) if contract and figures else None,
        "results": results,
        "row": views.matrix_row(name, "", results),
        "releases": releases,
        "found_tables": {
            release["release"]: report.tables.get((name, release["release"]), ()) for release in releases
        },
        "of_release": of_release,
        "elsewhere": {release: of_release[release] for release in of_release if release not in known},
        "groups": views.groups(facts, name, {}),
        "causes": causes,
        "severities": views.severities(facts, name),
        "disputed": disputed,
        "measures": measures,
        "sections": sections,
        "breaks": [entry for entry in report.breaks if _concerns(entry, name)],
        "designations": [entry for entry in report.designations if entry["source"] == name],
        "cells": report.cells.key(name),
        **_linked(report, causes, disputed, results),
    }

    def drawn() -> dict[str, Any]:
        return {
            "groups": views.groups(facts, name, report.cells.of(name)),
            "absent_chart": page_charts.absent(measures),
            "section_charts": {
                section.register.table: page_charts.revisions(section) for section in sections
            },
        }

    return Page(links.source_page(name), "source.html.j2", data, drawn)


def _concerns(entry: Row, source: str) -> bool:
    return entry["source"] == "all" or source in str(entry["source"]).split(", ")


def _blocking(facts: ReportFacts) -> list[Row]:
    blocking = [row for row in facts.findings if row["severity"] == "blocking" and row["status"] == "open"]
    return blocking[:REPORT_ROWS_OF_A_LIST]


def _environment() -> Environment:
    """Template environment with its functions; all content is escaped, and an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    from civic_assets.publish.report.compiled_templates import CompiledTemplates

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": words.number,
        "figure": words.figure_text,
        "share": words.share,
        "day": words.day,
        "plain": words.plain,
    }
    environment.globals |= {
        "version": __version__,
        "synthetic_mark": SYNTHETIC_MARK,
        "dimensions": DIMENSIONS,
        "shown_of_a_list": REPORT_ROWS_OF_A_LIST,
        "states": words.STATES,
        "reasons": words.REASONS,
        "state_of": words.state_of,
        "counts_of": words.Counts.of,
        "shortened": words.shortened,
        "audiences": words.AUDIENCES,
        "for_whom": FOR_WHOM,
        "days": words.days,
        "links": links,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        # Built by `charts`, which escapes its labels.
        "svg": lambda chart: Markup(chart.svg),
        "on_the_web": lambda address: str(address or "").startswith(("https://", "http://")),
    }
    return environment
