"""Numbers by which a publication decides how much of the last one it keeps.

Belongs here: limits of the incremental build of the read model and of the pages. Does not belong here: limits of files
that are read (`file_limits`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

MOST_CHANGED_SHARE = _chosen(
    "MOST_CHANGED_SHARE",
    "share of the figures of changed sources above which the read model is built from nothing",
    0.6,
    "share of all figures",
    "replacing most of a file costs as much as writing it, and leaves the old blocks in it",
    "publish",
)
MOST_FREE_SHARE = _chosen(
    "MOST_FREE_SHARE",
    "share of unused blocks above which the read model is written again without them",
    0.5,
    "share of the file's blocks",
    "the file is then twice as large as it needs to be",
    "publish",
)
FEW_FIGURES = _chosen(
    "FEW_FIGURES",
    "figures below which a read model is written by one thread, and without the slowest search for a way to pack text",
    200_000,
    "figures",
    "with 47,000 figures it takes a seventh less processor time and 25 MB less memory, in a file a twentieth larger; "
    "a file of a million figures would be a third larger",
    "publish",
)
FEW_PAGES = _chosen(
    "FEW_PAGES",
    "changed pages below which one process renders all of them",
    300,
    "pages",
    "starting another process takes about as long as rendering so many",
    "report",
)
