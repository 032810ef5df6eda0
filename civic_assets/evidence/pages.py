"""The pages of an evidence pack.

Belongs here: rendering the templates in `templates/`. Does not belong here: what they say (`contents`, `chains`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.asset_files import FILES
from civic_assets.publish.site.evidence.word_tables import group_words, unit_words
from civic_assets.publish.site.titles import title_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from civic_assets.answers.figure import PublishedFigure
    from civic_assets.evidence.chains import Followed
    from civic_assets.evidence.contents import Archived, Said
    from civic_assets.lineage.provenance import Publisher

_ORDER = {"fail": 0, "pass": 1, "not_evaluated": 2}
# A hash stays on one line: broken into pieces it makes a row eight lines high.
_STYLES = "td code { white-space: nowrap; }\n"
ASKED = "These figures were asked for."
OF_THE_REPORT = (
    "These are figures of Islington, the area of the report with which this product began: for each source, measure "
    "and unit the newest one, without those of single groups. Sources end at different times."
)


def pages(
    manifest: Mapping[str, Any],
    archived: Archived,
    said: Said,
    followed: Sequence[Followed],
    why: str,
    publishers: Mapping[str, Publisher],
    abouts: Mapping[str, str],
) -> dict[str, bytes]:
    """The pages, by path in the pack.

    Args:
        manifest: Manifest of the publication.
        archived: Files of publishers.
        said: Facts about the whole publication.
        followed: Figures that were followed to their cells.
        why: Sentence that says why these.
        publishers: Publisher and licence by source.
        abouts: What each source is about, in a phrase.
    """
    words = environment()
    listed = [
        {
            "name": one.name,
            "chain": one.chain,
            "title": _title(one.chain.figure),
            "period": period_name(one.chain.figure.period_start, one.chain.figure.period_end),
            "value": value_words(one.chain.figure),
        }
        for one in followed
    ]
    index = words.get_template("index.html.j2").render(
        title=f"Evidence of publication {manifest['number']}",
        root="",
        manifest=manifest,
        said=said,
        inputs=sorted(archived.inputs, key=lambda one: (one.receipt.source, one.receipt.release)),
        held_back=sum(not one.published for one in archived.inputs),
        followed=listed,
        followed_why=why,
    )
    made = {
        "index.html": index.encode(),
        "assets/site.css": (FILES / "site.css").read_bytes(),
        "assets/evidence.css": _STYLES.encode(),
    }
    template = words.get_template("figure.html.j2")
    for one in followed:
        figure = one.chain.figure
        area = figure.area_name or figure.area_code
        title = _title(figure)
        page = template.render(
            title=f"{title}, {area}",
            heading=f"{title}: {area}",
            root="../",
            manifest=manifest,
            name=one.name,
            chain=one.chain,
            checks=sorted(one.chain.checks, key=lambda check: (_ORDER[check.outcome], check.check_id)),
            shown=one.cells,
            again=one.again,
            group=group_words(figure.breakdown),
            publisher=publishers[figure.source],
            about=abouts[figure.source],
            found={finding.check_id for finding in one.chain.findings},
            period=period_name(figure.period_start, figure.period_end),
            value=value_words(figure),
            others=[
                {"figure": other, "value": value_words(other)}
                for other in (*one.chain.later, *one.chain.earlier)
            ],
        )
        made[f"figures/{one.name}.html"] = page.encode()
    return made


def value_words(figure: PublishedFigure) -> str:
    """The value of a figure with its unit, or why there is none."""
    if figure.value is None:
        return f"no value ({(figure.status or 'not stated').replace('_', ' ')})"
    value = f"{figure.value:,.10g}"
    shown = value if figure.unit == "count" else f"{value} {unit_words(figure.unit)}"
    return f"{shown} ({figure.status.replace('_', ' ')})" if figure.status else shown


def _title(figure: PublishedFigure) -> str:
    group = "" if figure.breakdown == "total" else f", {group_words(figure.breakdown).lower()}"
    return f"{title_of(figure.measure)}{group}"


def environment() -> Environment:
    """The templates of this package."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
