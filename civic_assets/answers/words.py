"""Closed lists of words in answers.

Belongs here: values of which an answer holds exactly one. Does not belong here: lists that grow with the contracts,
such as measures and units, which are text.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["blocking", "warning", "info"]
"""`blocking` holds a release back or disputes a figure; `warning` and `info` are published with it."""
CheckOutcome: TypeAlias = Literal["pass", "fail", "not_evaluated"]
"""A check with nothing to check is `not_evaluated`, never a pass."""
CheckLayer: TypeAlias = Literal["raw", "validated", "harmonised", "published"]
"""Layer on which a check is made."""
NotEvaluatedReason: TypeAlias = Literal[
    "",
    "no_input",
    "suppressed_input",
    "history_too_short",
    "no_reference",
    "time_limit",
    "engine_error",
    "not_applicable",
    "not_run_yet",
]
"""Why a check was not evaluated; empty if it was."""
FigureQuality: TypeAlias = Literal["ok", "disputed", "withheld"]
"""`disputed`: a check found the figure wrong; `withheld`: it would reveal a suppressed one."""
ReleaseState: TypeAlias = Literal["published", "held_back", "not_built", "left_out"]
"""`left_out` is a synthetic sample in a store that holds publishers' files."""
InspectionOutcome: TypeAlias = Literal["clean", "warnings", "disputed", "blocked"]
"""`blocked` if the release would be held back, `disputed` if figures would be disputed, else by the worst finding."""
DueState: TypeAlias = Literal[
    "up_to_date", "out", "overdue", "not_known", "expected", "not_expected", "nothing_held", "not_found"
]
"""What is known of further editions of a source, as in the sentence of `civic-assets due`."""
DueBasis: TypeAlias = Literal["publisher", "rhythm"]
"""Who says when the next edition is due: the publisher, or the contract's frequency and lag."""
SearchKind: TypeAlias = Literal[
    "area", "measure", "figure", "source", "check", "theme", "word", "not_held", "postcode"
]
"""Kind of a result of the search."""

FOR_WHOM = {
    "publisher": "for the publisher",
    "us": "for those who run the pipeline",
    "reader": "for readers of the figures",
}
"""Who can do something about a cause, in words."""
