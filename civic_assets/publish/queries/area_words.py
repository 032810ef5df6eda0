"""Finding the areas that a code or a name can mean.

Belongs here: matching what was typed with codes, partnership codes, the harmonised name of an area and the names that
publishers print, and suggestions for typing errors. Does not belong here: which of several areas has the figure that
is asked for (`civic_assets.publish.queries.figure_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.house_numbers.listing import EXAMPLES_NAMED
from civic_assets.house_numbers.recognition import SIMILAR_WORD
from civic_assets.values.cells import label

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def areas_called(connection: DuckDBPyConnection, measure: str, text: str) -> dict[str, int]:
    """Codes of the areas that a text can mean, with a rank; only those with the lowest rank are meant.

    Both sides are compared as `civic_assets.values.cells.label`, so that case, doubled and outer spaces and the style
    of quotes make no difference. A name counts for every area for which any publisher prints it, whatever the measure:
    in one source Durham is a police force, in another a county.

    Args:
        connection: Connection to a read model.
        measure: Measure whose published areas are searched for the code.
        text: Text typed by the user.

    Returns:
        0 for the exact code, 1 for a code in another spelling, 2 for a partnership's code, 3 for a name.
    """
    word = label(text)
    codes = connection.execute(
        "SELECT DISTINCT area_code, partnership_code FROM harmonised.observations WHERE measure = ?",
        [measure],
    ).fetchall()
    ranks: dict[str, int] = {}
    for code, partnership in codes:
        rank = (
            0 if code == text else 1 if label(code) == word else 2 if label(partnership or "") == word else 3
        )
        if rank < 3:
            ranks[code] = min(rank, ranks.get(code, rank))
    if ranks or not word:
        return ranks
    names = connection.execute(
        "SELECT DISTINCT area_code, area_name, area_name_printed FROM harmonised.observations"
    ).fetchall()
    return {code: 3 for code, *called in names if word in {label(name or "") for name in called}}


def not_there(connection: DuckDBPyConnection, measure: str, area: str) -> str:
    """Why there is no figure of a measure for an area: it is not published, or no area has that name."""
    rows = connection.execute(
        """SELECT area_name, area_code, area_name_printed, bool_or(measure = ?) AS has_measure
        FROM harmonised.observations GROUP BY ALL ORDER BY has_measure DESC, area_name, area_code""",
        [measure],
    ).fetchall()
    word = label(area)
    known = [
        f"{name} ({code})"
        for name, code, printed, _ in rows
        if word in (label(name or ""), label(code), label(printed or ""))
    ]
    if known:
        return (
            f"No figure of {measure.replace('_', ' ')} is published for {known[0]}. Other measures are published for "
            "it, and this measure for other areas; see catalogue.measures."
        )
    having: dict[str, str] = {}
    for name, code, printed, has_measure in rows:
        for called in (name, code, printed) if has_measure else ():
            having.setdefault(label(called or ""), f"{name} ({code})")
    close = list(dict.fromkeys(having[found] for found in alike(word, list(having))))
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"No figure is published for the area {area!r}.{hint} Give a code such as E09000019, or a name as printed."


def alike(word: str, known: Sequence[str]) -> list[str]:
    """Known words that a mistyped word can mean, the most similar first."""
    from rapidfuzz import fuzz, process

    return [
        found
        for found, _, _ in process.extract(
            word, known, scorer=fuzz.ratio, score_cutoff=SIMILAR_WORD, limit=EXAMPLES_NAMED
        )
    ]  # fmt: skip
