"""Demographic words in common categories: `catalogue.categories`, `catalogue.category_losses`, `mapped_breakdowns`.

Belongs here: those tables. Does not belong here: the scheme and the meaning of each word
(`civic_assets.harmonise.people.categories`, `data_contracts/vocabularies/categories.yaml`).

Only exact matches are mapped. A word that is narrower or broader than its category, comparable with none, or not in the
vocabulary has a row in `catalogue.categories` that says what would be lost; its figures are not in the mapped table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.people.categories import CategoryScheme, Fit, scheme
from civic_assets.publish.read_model.connection import create_table
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNKNOWN = "unknown"
"""`fit` of a word that the vocabulary does not have."""
_CATEGORIES = """source VARCHAR, key VARCHAR, word VARCHAR, dimension VARCHAR, category VARCHAR, category_name VARCHAR,
    part_of VARCHAR, fit VARCHAR, exact BOOLEAN, loss VARCHAR, verified BOOLEAN"""
_MAPPED = "source VARCHAR, breakdown VARCHAR, common_breakdown VARCHAR, dimensions VARCHAR[]"


def create_categories(connection: DuckDBPyConnection) -> None:
    """Create the table of words, the table of breakdowns that map exactly, and the view of their figures.

    Args:
        connection: Connection to a read model with `harmonised.latest` and `catalogue.figure_classes`.
    """
    printed = connection.execute(
        "SELECT DISTINCT source, breakdown FROM catalogue.figure_classes WHERE breakdown <> 'total' ORDER BY ALL"
    ).fetchall()
    known = scheme()
    create_table(connection, "catalogue.categories", _CATEGORIES, list(words(known, printed)))
    create_table(connection, "catalogue.category_breakdowns", _MAPPED, list(mapped(known, printed)))
    connection.execute(_LOSSES)
    connection.execute(_VIEW)


def words(known: CategoryScheme, printed: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Meaning of each demographic word of each source, each once and in order.

    Args:
        known: The scheme.
        printed: Pairs of source and breakdown.
    """
    seen = {
        (source, *part.partition("=")[::2])
        for source, breakdown in printed
        for part in breakdown.split(";")
        if "=" in part
    }
    for source, key, word in sorted(seen):
        dimension = known.dimension_of(key, source)
        if dimension is None and label(key) in known.other_keys:
            continue
        meaning = known.meaning(key, word, source)
        category = meaning.category if meaning else None
        yield {
            "source": source,
            "key": key,
            "word": word,
            "dimension": dimension.name if dimension else None,
            "category": category.code if category else None,
            "category_name": category.name if category else None,
            "part_of": category.part_of if category else None,
            "fit": str(meaning.fit) if meaning else UNKNOWN,
            "exact": meaning is not None and meaning.fit is Fit.EXACT,
            "loss": meaning.loss if meaning else "the vocabulary of categories does not have this word",
            "verified": meaning is not None and meaning.verified,
        }


def mapped(known: CategoryScheme, printed: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Breakdowns with demographic parts that are all exact, in the words of the scheme.

    Parts that are not demographic (an age, a reason) stay unchanged.

    Args:
        known: The scheme.
        printed: Pairs of source and breakdown, in order.
    """
    for source, breakdown in printed:
        parts, dimensions = [], []
        for part in breakdown.split(";"):
            key, _, word = part.partition("=")
            if known.dimension_of(key, source) is None:
                if label(key) not in known.other_keys:
                    break
                parts.append(part)
                continue
            meaning = known.meaning(key, word, source)
            if meaning is None or meaning.fit is not Fit.EXACT or meaning.category is None:
                break
            parts.append(f"{meaning.dimension}={meaning.category.code}")
            dimensions.append(meaning.dimension)
        else:
            if dimensions and len(set(dimensions)) == len(dimensions):
                yield {
                    "source": source,
                    "breakdown": breakdown,
                    "common_breakdown": ";".join(sorted(parts)),
                    "dimensions": sorted(dimensions),
                }


# Every part of a breakdown that does not map exactly; a mapped breakdown can have none.
_LOSSES = """CREATE VIEW catalogue.category_losses AS
WITH parts AS (
    SELECT DISTINCT source, breakdown, unnest(string_split(breakdown, ';')) AS part
    FROM catalogue.figure_classes WHERE breakdown <> 'total'
)
SELECT p.source, p.breakdown, c.key, c.word, c.category, c.fit, c.loss
FROM parts p JOIN catalogue.categories c ON c.source = p.source AND p.part = c.key || '=' || c.word
WHERE NOT c.exact"""

_VIEW = """CREATE VIEW harmonised.mapped_breakdowns AS
SELECT o.figure_id, o.source, o.release, o.measure, o.area_code, o.area_name, o.area_type, o.period_start, o.period_end,
    o.period_kind, o.statistic, o.breakdown, m.common_breakdown, m.dimensions, o.unit, o.value, o.status, o.quality,
    o.locator, o.synthetic
FROM harmonised.latest o JOIN catalogue.category_breakdowns m USING (source, breakdown)"""
