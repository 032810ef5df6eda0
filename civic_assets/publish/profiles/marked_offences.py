"""Hate crime and domestic abuse: the classes of held files that are about them, or the publishers that have them.

Belongs here: `catalogue.marked_offences`. Does not belong here: what the two measures count (`measures.yaml`), and
groups of recorded crime (`civic_assets.harmonise.measures.recorded_crime`).

Both are marks that the police set on offences of any group, so no sum of classes is either of them. Offences that the
law itself calls racially or religiously aggravated are a part of hate crime, and classes of them are listed as a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Theme:
    """Offences that the police mark, whatever group they belong to.

    Args:
        measure: The measure that counts them.
        pattern: Regular expression of classes, in lower case, that are a part of it.
        part: A sentence about such a class.
        publisher: Who publishes the whole, as a sentence after `No file held has it.`
    """

    measure: str
    pattern: str
    part: str
    publisher: str


HATE_CRIME = Theme(
    "hate_crime",
    r"rac(e|ial|ially)\b.*\breligious(ly)?\b.*\bagg",
    part="A part of hate crime: offences that the law calls racially or religiously aggravated. Hate crime is any "
    "offence marked by hostility to race, religion, sexual orientation, disability or transgender identity.",
    publisher="The Home Office publishes hate crime by police force area (Hate crime, England and Wales).",
)
DOMESTIC_ABUSE = Theme(
    "domestic_abuse",
    r"(coercive|controlling).*behaviour",
    part="A part of domestic abuse: controlling or coercive behaviour. Domestic abuse is any offence that the police "
    "mark as related to it.",
    publisher="ONS publishes offences related to domestic abuse by police force area (Domestic abuse in England and "
    "Wales).",
)


def create_marked_offences(connection: DuckDBPyConnection) -> None:
    """Create the table.

    Args:
        connection: Connection to a read model with `catalogue.figure_classes` and `harmonised.observations`.
    """
    connection.execute(
        """CREATE TABLE catalogue.marked_offences (theme VARCHAR, coverage VARCHAR, source VARCHAR, release VARCHAR,
            measure VARCHAR, breakdown VARCHAR, note VARCHAR)"""
    )
    for theme in (HATE_CRIME, DOMESTIC_ABUSE):
        named = {
            "theme": theme.measure,
            "pattern": theme.pattern,
            "part": theme.part,
            "absent": f"No file held has it. {theme.publisher}",
        }
        connection.execute(_CLASSES, named)


# A file that prints the measure has the whole of it; otherwise its classes are parts, and a row names who has it.
_CLASSES = """INSERT INTO catalogue.marked_offences
WITH found AS (
    SELECT DISTINCT source, release, measure, breakdown,
        CASE WHEN measure = $theme THEN 'whole' ELSE 'part' END AS coverage
    FROM catalogue.figure_classes
    WHERE measure = $theme OR regexp_matches(lower(breakdown), $pattern)
)
SELECT $theme, coverage, source, release, measure, breakdown, CASE coverage WHEN 'part' THEN $part END FROM found
UNION ALL
SELECT $theme, 'not held', NULL, NULL, NULL, NULL, $absent
WHERE NOT EXISTS (FROM found WHERE coverage = 'whole')
ORDER BY ALL"""
