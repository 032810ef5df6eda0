"""The environment of the site's templates.

Belongs here: where templates are found, and the functions and filters that all may use. Does not belong here: the
templates of a section, which are in its own folder, and what a template is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.publish.report import links, words
from civic_assets.publish.site import addresses

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def environment() -> Environment:
    """Environment in which everything is escaped and an unknown name is an error.

    Filters: `number` (a count), `figure` (a published figure), `share`, `day`, `plain` (a name as words),
    `measure` (its title), `titled` (a sentence with titles of measures), `file_name`.
    Globals: `addresses` and `links` (modules), `days(first, end)`, `shortened(names)`, `on_the_web(address)`,
    `synthetic_mark`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from civic_assets.publish.report.compiled_templates import CompiledTemplates
    from civic_assets.publish.site.titles import title_of, with_titles

    made = Environment(
        loader=FileSystemLoader(FOLDER),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "number": words.number,
        "figure": words.figure_text,
        "share": words.share,
        "day": words.day,
        "plain": words.plain,
        "measure": title_of,
        "titled": lambda sentence: with_titles(sentence or ""),
        "file_name": addresses.file_name,
    }
    made.globals |= {
        "addresses": addresses,
        "links": links,
        "days": words.days,
        "shortened": words.shortened,
        "synthetic_mark": SYNTHETIC_MARK,
        "on_the_web": lambda address: str(address or "").startswith(("https://", "http://")),
    }
    return made
