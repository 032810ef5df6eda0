"""The pages of a site by a plain Jinja2 loop: `python -m benchmarks.plain_pages STORE FOLDER`.

What anybody would write first: for each page that the site has, one query for its figures, one template, one file.
Templates are not kept from one page to the next, nothing is asked for twice at once, and nothing is left out because it
is the same as before. Pages have one table with every column of the figures. They have no rows of the file, no
charts, no checks and no search, so a page here has less than the page of the site.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
from jinja2 import DictLoader, Environment

_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{{ address }}</title></head>
<body><main><h1>{{ address }}</h1>
<table><thead><tr>{% for name in columns %}<th>{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}
<tr>{% for value in row %}<td>
{%- if value is number %}{{ "{:,}".format(value) }}{% elif value is not none %}{{ value }}{% endif -%}
</td>{% endfor %}</tr>{% endfor %}
</tbody></table></main></body></html>
"""
_OF_EVIDENCE = """
    SELECT * FROM harmonised.observations WHERE source = ? AND release = ? AND area_code = ? ORDER BY locator
"""
_OF_AREA = "SELECT * FROM harmonised.latest WHERE area_code = ? ORDER BY measure, period_end, locator"
_OF_MEASURE = "SELECT * FROM harmonised.latest WHERE measure = ? ORDER BY area_code, period_end, locator"


def figures(
    connection: duckdb.DuckDBPyConnection, address: str
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Columns and rows of the figures of a page, by its address; none for pages about other things."""
    folders, name = address.split("/")[:-1], address.split("/")[-1].removesuffix(".html")
    match folders:
        case ["evidence", source, release]:
            asked = connection.execute(_OF_EVIDENCE, [source, release, name])
        case ["areas"]:
            asked = connection.execute(_OF_AREA, [name])
        case ["measures"]:
            asked = connection.execute(_OF_MEASURE, [name])
        case _:
            return [], []
    return [column[0] for column in asked.description or []], asked.fetchall()


def pages_of(store: Path) -> Iterator[str]:
    """Addresses of the HTML pages of the store's site."""
    written = json.loads((store / "report" / "site.json").read_text(encoding="utf-8"))["pages"]
    return (address for address in written if address.endswith(".html"))


def main(store: str, folder: str) -> None:
    env = Environment(loader=DictLoader({"page": _PAGE}), autoescape=True, cache_size=0)
    pages = rows_written = 0
    with duckdb.connect(str(Path(store) / "civic.duckdb"), read_only=True) as connection:
        for address in list(pages_of(Path(store))):
            columns, rows = figures(connection, address)
            file = Path(folder) / address
            file.parent.mkdir(parents=True, exist_ok=True)
            text = env.get_template("page").render(address=address, columns=columns, rows=rows)
            file.write_text(text, encoding="utf-8")
            pages, rows_written = pages + 1, rows_written + len(rows)
    print(json.dumps({"pages": pages, "rows": rows_written}))


if __name__ == "__main__":
    main(*sys.argv[1:])
