"""The published JSON Schemas of the answers: which there are, and their text.

Belongs here: their names, what each is about, and reading one. Does not belong here: making them from the classes of
this folder (`python -m tools.answer_schemas`). The files ship inside the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from civic_assets.errors import UsageError

SCHEMAS: Mapping[str, str] = {
    "refresh": "what a refresh took in, built and published",
    "inspect": "what a file is, how it differs from its contract, and every finding in it",
    "trace": "the chain of one figure, from the published value to the cell of the file",
    "compare": "what may be done with two figures, and why not",
    "search": "areas, measures, figures, sources, checks and words that some words find",
    "sources": "sources, their releases, and when the next is due",
    "due": "what is held of each source, what is out, and what is expected next",
    "alerts": "what is wrong and was sent as an alert, and whether test messages were sent",
    "report": "where the site of the publication is",
    "export": "the file that was written, and what is in it",
    "verify": "what in a store is not as its hashes say, and what was made from it",
    "rebuild": "a past publication that was made again, and the tables that contain something else than then",
    "diff": "figures that are different in two publications, and how many",
    "evidence": "the evidence pack that was written, and what is in it",
    "lineage": "the OpenLineage events of a publication, and how many were sent",
    "package": "what was written as a data package",
    "tables": "the SQLite file that was written with --out, and what is in it",
    "contract": "every problem of some contracts",
    "new-source": "a first contract and fixture, and the questions that are still open",
    "error": "why a command failed; every command prints this if it fails, except inspect of a single file",
}
"""What the answer of each command holds; `error` is printed by any command."""
FOLDER = Path(__file__).parent / "schemas"
"""Folder of the schemas."""


def schema_file(name: str) -> Path:
    """The file of one schema.

    Args:
        name: Name of the schema, such as `inspect`.

    Raises:
        UsageError: There is no such schema; the message says which there are.
    """
    if name not in SCHEMAS:
        raise UsageError(f"There is no schema {name!r}. Choose one of: {', '.join(SCHEMAS)}.")
    return FOLDER / f"{name}.schema.json"
