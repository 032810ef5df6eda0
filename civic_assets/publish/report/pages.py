"""Rendering of the report's pages.

Belongs here: the data for each template, and the functions that templates may call. Does not belong here: what is shown
(`views`), and putting the files in place (`site`).

Everything that a publisher wrote (names of files and sheets, texts of cells) is unsafe until escaped: the templates
escape everything put into them, and a link may only lead to a web page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets import __version__
from civic_assets.answers.inspection import FoundTable
from civic_assets.answers.words import FOR_WHOM
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.display import REPORT_BARS, REPORT_ROWS_OF_A_LIST
from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.publish.queries.sources import stale_from
from civic_assets.publish.report import links, views, words
from civic_assets.publish.report.cells import Neighbours
from civic_assets.publish.report.changes import Changes
from civic_assets.publish.report.charts import Chart, bars, stacked
from civic_assets.publish.report.chosen_numbers import NumberGroup, numbers_of_checks
from civic_assets.publish.report.common_tables import CommonTable
from civic_assets.publish.report.reading import DIMENSIONS, ReportFacts, Row
from civic_assets.publish.report.registers import Section

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Report:
    """Everything that the pages are built from.

    Args:
        manifest: Manifest of the current publication.
        neighbours: Neighbouring cells by finding id.
        tables: Tables found in each release, by (source, release).
        registers: Sections of registers, by source.
        common: Tables with the same years, ages and categories.
        numbers: House numbers by subject.
    """

    facts: ReportFacts
    manifest: Mapping[str, Any]
    changes: Changes | None
    contracts: Mapping[str, Contract]
    neighbours: Mapping[str, Neighbours]
    tables: Mapping[tuple[str, str], Sequence[FoundTable]]
    registers: Mapping[str, Sequence[Section]]
    breaks: Sequence[Row]
    designations: Sequence[Row]
    common: Sequence[CommonTable]
    numbers: Sequence[NumberGroup]

    @cached_property
    def groups(self) -> Mapping[str, Sequence[views.FindingGroup]]:
        """Findings by source (or derived table) and check."""
        names = (*self.facts.source_names, *self.facts.tables_of_ours)
        return {name: views.groups(self.facts, name, self.neighbours) for name in names}

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


def render(report: Report) -> Iterator[tuple[str, str]]:
    """The pages as (path relative to the report's folder, text)."""
    environment = _environment(report)
    facts = report.facts
    matrix = views.matrix(facts)

    def page(name: str, template: str, /, **context: Any) -> tuple[str, str]:
        text = environment.get_template(template).render(
            page=name,
            root="../" if "/" in name else "",
            report=report,
            facts=facts,
            matrix=matrix,
            tables=report.tables_of_ours,
            **context,
        )
        return name, text

    yield page(
        links.INDEX,
        "index.html.j2",
        chart=_outcomes(matrix),
        total=words.Counts.of(facts.results),
        severities=views.severities(facts),
        asking=[views.with_page(facts, cause) for cause in facts.found_causes if cause["asks_action"]],
        blocking=_blocking(facts),
        registered=[
            name for name in (*facts.source_names, *report.tables_of_ours) if name in report.registers
        ],
    )
    yield page(
        links.CHECKS,
        "checks.html.j2",
        layers=views.catalogue(facts),
        chosen=numbers_of_checks(report.numbers),
    )
    if report.tables_of_ours:
        ours = [cause for cause in facts.found_causes if cause["source"] not in facts.source_names]
        yield page(links.OURS, "published.html.j2", causes=ours)
    if report.numbers:
        anchors = {
            check["check_id"]: links.check_anchor(check["check_id"], check["layer"]) for check in facts.checks
        }
        yield page(links.NUMBERS, "house_numbers.html.j2", anchors=anchors)
    if report.common:
        yield page(links.COMMON, "common.html.j2")
    if report.breaks:
        yield page(links.BREAKS, "breaks.html.j2")
    for source in facts.sources:
        yield page(links.source_page(source["source"]), "source.html.j2", **_source(report, source))


def _source(report: Report, source: Row) -> dict[str, Any]:
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
    return {
        "source": source,
        "contract": contract,
        "contract_changed": contract is not None and contract.sha256 != source["contract_sha256"],
        "figures": figures,
        "stale_from": stale_from(contract, figures["end_day"]) if contract and figures else None,
        "results": results,
        "row": views.matrix_row(name, "", results),
        "releases": releases,
        "of_release": of_release,
        "elsewhere": {release: of_release[release] for release in of_release if release not in known},
        "groups": report.groups[name],
        "causes": [cause for cause in facts.found_causes if cause["source"] == name],
        "severities": views.severities(facts, name),
        "disputed": [figure for figure in facts.disputed if figure["source"] == name],
        "measures": measures,
        "absent_chart": _absent(measures),
        "sections": sections,
        "section_charts": {section.register.table: _revisions(section) for section in sections},
        "breaks": [entry for entry in report.breaks if _concerns(entry, name)],
        "designations": [entry for entry in report.designations if entry["source"] == name],
    }


def _concerns(entry: Row, source: str) -> bool:
    return entry["source"] == "all" or source in str(entry["source"]).split(", ")


def _blocking(facts: ReportFacts) -> list[Row]:
    blocking = [row for row in facts.findings if row["severity"] == "blocking" and row["status"] == "open"]
    return blocking[:REPORT_ROWS_OF_A_LIST]


def _outcomes(matrix: Sequence[views.MatrixRow]) -> Chart | None:
    rows = [
        (
            f"{row.name} ({row.total.total:,})",
            (
                row.total.passed,
                row.total.failed - row.total.blocking,
                row.total.blocking,
                row.total.not_evaluated,
            ),
        )
        for row in matrix
        if row.total.total
    ]
    if not rows:
        return None
    return stacked(
        "outcomes",
        "Results of checks by outcome, for each source",
        "Horizontal bars, one for each source and one for the derived tables, of results that passed, failed with a "
        "warning, failed and block, and were not evaluated. The table below has the same numbers.",
        rows,
        ("pass", "warn", "fail", "not evaluated"),
        "share of results (one for each check and release); labels are numbers of results",
    )


def _absent(measures: Sequence[Row]) -> Chart | None:
    shares = [
        (f"{words.plain(row['measure'])}, {words.plain(row['unit'])}", row["absent"] / row["n"])
        for row in measures
        if row["absent"]
    ]
    shares.sort(key=lambda entry: (-entry[1], entry[0]))
    if not shares:
        return None
    return bars(
        "absent",
        "Share of figures without a value, by measure",
        f"Horizontal bars of the {min(len(shares), REPORT_BARS)} measures with the largest share of figures that "
        "have a "
        "status instead of a value. The table below lists all measures.",
        shares[:REPORT_BARS],
        "share of figures without a value",
    )


def _revisions(section: Section) -> Chart | None:
    """Chart of the size of revisions, if the section is about them."""
    size = "relative_mean_absolute_revision"
    if section.register.table != "revision_summary":
        return None
    sized = [
        (
            f"{words.plain(row['measure'])}, {words.plain(row['unit'])}, {row['horizon']} later",
            float(row[size]),
        )
        for row in section.rows
        if row.get(size) is not None
    ]
    sized.sort(key=lambda entry: (-entry[1], entry[0]))
    if not sized:
        return None
    return bars(
        "revisions",
        "Relative mean absolute revision by measure and number of releases later",
        f"Horizontal bars of the {min(len(sized), REPORT_BARS)} largest. The table below lists all that are shown.",
        sized[:REPORT_BARS],
        "mean absolute revision as a share of the later values",
    )


def _environment(report: Report) -> Environment:
    """Template environment with its functions; all content is escaped, and an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
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
        "names": {(check["check_id"], check["layer"]): check["name"] for check in report.facts.checks},
        "shortened": words.shortened,
        "audiences": words.AUDIENCES,
        "for_whom": FOR_WHOM,
        "days": words.days,
        "links": links,
        "place_of": views.Places(report.facts).href,
        "register_place": report.register_place,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        # Built by `charts`, which escapes its labels.
        "svg": lambda chart: Markup(chart.svg),
        "on_the_web": lambda address: str(address or "").startswith(("https://", "http://")),
    }
    return environment
