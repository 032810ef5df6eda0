"""What the pages say of the tables: titles, descriptions, units, licences, which columns are counted and searched.

Belongs here: Datasette's metadata. Does not belong here: any description of a table or column, which come from
`data_contracts/read_model.yaml` by way of the published contracts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from civic_assets.browse import shape
from civic_assets.browse.database import every_table, tables_of
from civic_assets.browse.place import THIS_MACHINE, Place
from civic_assets.package.sources import origin_of
from civic_assets.publish.published_contracts import SCHEMAS
from civic_assets.publish.read_model.descriptions import explanations

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.browse.database import Copied
    from civic_assets.layers.store import Store
    from civic_assets.package.described import Table
    from civic_assets.package.sources import Origin

DATABASE = "civic"
"""Name of the database in addresses."""
STYLES = "styles"
"""Where `pages` is found by a browser."""
STATUSES = (
    "A figure without a number has no value here, never a 0, and its status says why: suppressed, not available and so "
    "on. A figure of which the quality is disputed is as printed, and fails a check."
)
"""What must be known of a page with figures."""
_LABELS = {"catalogue_areas": "area_name"}
_ROWS_OF_A_PAGE = 50
_START = (
    "harmonised.latest", "harmonised.observations", "quality.findings", "quality.check_results", "catalogue.areas",
    "catalogue.measures", "catalogue.notes", "catalogue.sources", "catalogue.columns",
)  # fmt: skip
# The newest figures begin with what a person reads first; "show all columns" is in the menu of a column.
_MAIN_COLUMNS = "?" + "&".join(
    f"_col={one}"
    for one in (
        "area_name", "measure", "breakdown", "period_start", "period_end", "unit", "value", "status", "quality",
        "source", "release", "locator",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What the pages say, and of what.

    Args:
        document: Metadata in Datasette's form.
        columns: Columns of each table and view, by name in SQLite.
        origin: The publication.
    """

    document: dict[str, Any]
    columns: Mapping[str, Sequence[str]]
    origin: Origin


def metadata_of(
    store: Store, connection: DuckDBPyConnection, copied: Copied, place: Place = THIS_MACHINE
) -> Said:
    """What the pages say.

    Args:
        store: The store.
        connection: Its read model.
        copied: What is in the SQLite file.
        place: Where the pages are, for links.

    Raises:
        UsageError: The store has no sound manifest of the publication of this read model.
    """
    origin = origin_of(store, connection, (), explanations().contract["version"])
    tables = tables_of(connection)
    known = {one.name: one for one in every_table(connection)}
    views = {view.name: view for view in shape.views_of(tables)}
    terms = _terms(origin)
    described = {one.file: _table(one, terms) for one in tables}
    described |= {views[name].called: _view(known[name], views[name], terms) for name in copied.views}
    licence, address = _licence(origin, place)
    document = {
        "title": origin.title,
        "description_html": _start(origin, known, copied, place),
        "extra_css_urls": [f"/{STYLES}/tables.css"],
        "license": licence,
        "license_url": address,
        "databases": {
            DATABASE: {
                "title": f"All tables of publication {origin.number}",
                "description_html": f"<p>{escape(_CONTRACT)}</p>",
                "tables": described,
            }
        },
    }
    columns = {one.file: shape.names_of(one) for one in tables}
    columns |= {views[name].called: _columns_of_view(known[name], views[name]) for name in copied.views}
    return Said(document, columns, origin)


_CONTRACT = (
    "Every table and column is described on its page, with its unit. catalogue_columns has the same as a table, and "
    "catalogue_sources the licence of each source."
)


def _table(table: Table, terms: str) -> dict[str, Any]:
    names = shape.names_of(table)
    said = _described(table, names, terms)
    if table.name == shape.FIGURES:
        said |= _SEARCH_OF_FIGURES
    elif table.name in shape.SEARCHED:
        said["fts_table"] = f"{table.file}_words"
    if table.file in _LABELS:
        said["label_column"] = _LABELS[table.file]
    return said


def _view(table: Table, view: shape.View, terms: str) -> dict[str, Any]:
    names = _columns_of_view(table, view)
    said = _described(table, names, terms) | {"facets": list(view.counted)}
    return said | (_SEARCH_OF_FIGURES if view.searched else {})


_SEARCH_OF_FIGURES = {"fts_table": shape.FIGURE_WORDS, "fts_pk": shape.WORDS}


def _columns_of_view(table: Table, view: shape.View) -> list[str]:
    return [one.name for one in table.columns] + ([shape.WORDS] if view.searched else [])


def _described(table: Table, names: Sequence[str], terms: str) -> dict[str, Any]:
    texts = dict(shape.ADDED)
    texts |= {one.name: _with_unit(one.text, one.unit) for one in table.columns}
    statuses = f"<p>{escape(STATUSES)}</p>" if {"value", "status", "quality"}.issubset(names) else ""
    return {
        "description_html": f"<p>{escape(_plain(table.text))}</p>{statuses}{terms if 'source' in names else ''}",
        "columns": {name: texts[name] for name in names},
        "facets": shape.facets_of(names),
        "size": _ROWS_OF_A_PAGE,
    }


def _with_unit(text: str, unit: str) -> str:
    return f"{_plain(text)} Unit: {unit}." if unit else _plain(text)


def _plain(text: str) -> str:
    """A description without the marks of Markdown, in which the same texts are printed elsewhere."""
    return text.replace("`", "")


def _licence(origin: Origin, place: Place) -> tuple[str, str]:
    """The licence, and its address; if sources have several, the table that says which has which."""
    licences = {(one.licence, one.licence_url) for one in origin.sources}
    if len(licences) == 1:
        return licences.pop()
    return "one for each source", place.link(f"/{DATABASE}/catalogue_sources")


def _terms(origin: Origin) -> str:
    """Licence of each source and the line to quote, folded."""
    lines = "".join(f"<li>{_quoted(one)}</li>" for one in origin.sources)
    return f"<details><summary>Licence and attribution of each source</summary><ul>{lines}</ul></details>"


def _quoted(one: Any) -> str:
    link = f' <a href="{escape(one.licence_url)}">The licence</a>' if one.licence_url else ""
    return f"<strong>{escape(one.source)}</strong>: {escape(one.attribution)}{link}"


def _start(origin: Origin, known: Mapping[str, Table], copied: Copied, place: Place) -> str:
    """The start page: what this is, where to begin, every table with what it is for, and whom to quote."""
    day = f"{origin.published_at:%d %B %Y}".lstrip("0")
    parts = [
        f"<p>Published on {day}; the hash of the publication is {escape(origin.hash)}. {escape(STATUSES)}</p>",
        "<h2>Start here</h2>",
        _list([name for name in _START if name in copied.rows or name in copied.views], known, copied, place),
    ]
    for schema, text in SCHEMAS.items():
        there = [
            name for name in known
            if name.startswith(f"{schema}.") and (name in copied.rows or name in copied.views)
        ]  # fmt: skip
        parts.append(
            f"<details><summary>{escape(schema)}: {escape(text)} {len(there):,} tables and views</summary>"
            f"{_list(there, known, copied, place)}</details>"
        )
    parts.append(
        "<h2>Licence and attribution of each source</h2><ul>"
        + "".join(f"<li>{_quoted(one)}</li>" for one in origin.sources)
        + "</ul>"
    )
    return "".join(parts)


def _list(names: Sequence[str], known: Mapping[str, Table], copied: Copied, place: Place) -> str:
    lines = []
    for name in names:
        called = known[name].file
        link = place.link(f"/{DATABASE}/{called}{_MAIN_COLUMNS if name == _START[0] else ''}")
        rows = (
            f" ({copied.rows[name]:,} {'row' if copied.rows[name] == 1 else 'rows'})"
            if name in copied.rows
            else ""
        )
        said = escape(_plain(known[name].text))
        lines.append(f'<li><a href="{escape(link)}">{escape(called)}</a>{rows}: {said}</li>')
    return f"<ul>{''.join(lines)}</ul>"
