"""What a refresh was doing when it was killed, in the words of the table that is printed.

Belongs here: the stages, and how they are told from the sentence that the command said last or the file that it was
about to change. Does not belong here: counting them (`campaign`).
"""

from __future__ import annotations

STARTING = "starting"
ASKING = "asking what is offered, and fetching"
SLOW = "in a slow transfer"
INTAKE = "taking files in"
LAYERS = "building and checking the layers of releases"
TABLES = "making the tables of the read model"
JUDGING = "judging them with the expectation suites"
PLACING = "placing the read model and the manifest"
SITE = "building the site"
ENDING = "remembering what it did, and clearing away"
STAGES = (STARTING, ASKING, SLOW, INTAKE, LAYERS, TABLES, JUDGING, PLACING, SITE, ENDING)

_BY_KIND = {
    "": STARTING, "fetching": ASKING, "asked": INTAKE, "doing": INTAKE, "file": INTAKE, "odd_file": INTAKE,
    "plan": LAYERS, "source": LAYERS, "layer": LAYERS, "release": LAYERS, "held_back": LAYERS, "step": TABLES,
}  # fmt: skip
_BY_BEGINNING = {
    "Asking": ASKING, "Publishing": TABLES, "Judging": JUDGING, "Building the site": SITE,
}  # fmt: skip
_PLACES = ("civic.duckdb", "read_model.json", "publications/")
_LAST = ("rename unchanged.json", "rmdir acquired/.incoming-*", "rename alerts.json")


def stage_of(said: str, change: str | None, *, slow: bool) -> str:
    """The stage.

    Args:
        said: The last sentence with its kind, as `killed_command` notes it.
        change: The change before which the process killed itself, if it did.
        slow: Whether transfers were slow.
    """
    if change is not None and change.split(" ", 1)[1].startswith(_PLACES):
        return PLACING
    if change in _LAST:
        return ENDING
    kind, _, sentence = said.partition("\t")
    if kind == "stage":
        stage = next((one for start, one in _BY_BEGINNING.items() if sentence.startswith(start)), INTAKE)
    else:
        stage = _BY_KIND[kind]
    return SLOW if slow and stage in (STARTING, ASKING) else stage
