"""The matrix of whole commands as tables of the documentation.

Belongs here: the tables, made from the lists that the tests run. Does not belong here: the page around them
(`tools/fetching_page.py`).
"""

from __future__ import annotations

from civic_assets_tests.acquire.matrix.faults import (
    CAUSES,
    PUBLISHERS,
)
from civic_assets_tests.acquire.matrix.outcomes import ACTS, LATER
from civic_assets_tests.acquire.matrix.pages import KINDS, NOT_APPLICABLE
from civic_assets_tests.replay.faults import ANSWERS, CERTIFICATES, WIRE

_TITLES = {
    "ons": "ONS",
    "nomis": "Nomis",
    "education": "explore education statistics",
    "govuk": "GOV.UK",
    "datastore": "London Datastore",
    "arcgis": "ONS Open Geography (ArcGIS)",
    "police": "data.police.uk",
}
_NAMED = "named, exit 3, nothing changes"


def publishers() -> str:
    """Publishers with the sources that ask them, as a table in Markdown."""
    lines = ["| publisher | sources | lists in pages |", "|---|---|---|"]
    for one in PUBLISHERS:
        sources = ", ".join(f"`{source}`" for source in one.sources)
        lines.append(f"| {_TITLES[one.name]} | {sources} | {NOT_APPLICABLE.get(one.name, 'yes')} |")
    return "\n".join(lines) + "\n"


def faults() -> str:
    """Faults with what follows from them, as a table in Markdown."""
    lines = ["| fault, for good | in lists and pages | in files |", "|---|---|---|"]
    for kind in CAUSES:
        words = KINDS.get(kind) or {**WIRE, **CERTIFICATES}.get(kind) or ANSWERS[kind][0]
        lines.append(f"| {words} | {_follows(kind, 'list')} | {_follows(kind, 'file')} |")
    return "\n".join(lines) + "\n"


def acts() -> str:
    """What publishers do to files with what follows for each source, as a table in Markdown."""
    heads = " | ".join(one.what for one in ACTS)
    lines = [f"| source | a later edition | {heads} |", f"|---|---|{'---|' * len(ACTS)}"]
    for source, later in LATER.items():
        cells = " | ".join(one.outcomes[source].words for one in ACTS)
        lines.append(f"| `{source}` | `{later}` is received | {cells} |")
    return "\n".join(lines) + "\n"


def _follows(kind: str, place: str) -> str:
    able = [one.name for one in PUBLISHERS if one.has(kind, place)]
    if not able:
        return "the list fails first"
    where = "" if len(able) == len(PUBLISHERS) else f" ({', '.join(_TITLES[name] for name in able)})"
    return _NAMED + where
