"""Numbers of the audit of suppressed cells.

Belongs here: the width of a safe range and the limits of the audit. Does not belong here: what a publisher
suppresses (its contract).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

SAFE_RANGE_WIDTH = _chosen(
    "SAFE_RANGE_WIDTH",
    "least width of the range in which a hidden count must stay",
    5.0,
    "persons or events",
    "a hidden count must stay uncertain by at least five; less where the publisher itself states a "
    "narrower range",
    "H-19",
    "H-20",
)
SAFE_RANGE_LEAST = _chosen(
    "SAFE_RANGE_LEAST",
    "value that the range of a hidden count must reach down to",
    1.0,
    "persons or events",
    "a range that begins above 1 would reveal that there are several",
    "H-19",
    "H-20",
)
RANGE_NOISE = _chosen(
    "RANGE_NOISE",
    "rounding error of a range that is ignored",
    1e-6,
    "persons or events",
    "counts are whole; a solver's ends differ from them by less than this",
    "H-19",
    "H-20",
)
AUDIT_ROUNDS = _chosen(
    "AUDIT_ROUNDS",
    "rounds of narrowing ranges",
    60,
    "rounds",
    "narrowing by single equations settles in a few rounds; this ends one that does not",
    "H-19",
    "H-20",
)
AUDIT_EXPLORING = _chosen(
    "AUDIT_EXPLORING",
    "programmes that look for the ends of all ranges at once",
    12,
    "linear programmes",
    "most ends are found by seeking all open cells at once a few times, before each end is sought by itself",
    "H-19",
    "H-20",
)
AUDIT_SHRUNK_SHARE = _chosen(
    "AUDIT_SHRUNK_SHARE",
    "share of cells below which a programme is set up again",
    0.8,
    "share of its cells",
    "a programme is set up again when fewer of its cells still take part: that costs less than solving "
    "the larger one",
    "H-19",
    "H-20",
)
OPEN_END = _chosen(
    "OPEN_END",
    "upper end of a range without a limit",
    1e7,
    "persons or events",
    "beyond any count in these statistics: an end that the equations leave open is put here so that "
    "programmes are bounded",
    "H-19",
    "H-20",
)
RATE_DECIMALS = _chosen(
    "RATE_DECIMALS",
    "most decimals of a rate that are believed",
    6,
    "decimals",
    "a rate with more decimals is an artefact of floating point such as 4.0999999999999996, which "
    "nobody printed so",
    "H-19",
    "H-20",
)
PROGRAMME_SLACK = _chosen(
    "PROGRAMME_SLACK",
    "contradiction of equations that is ignored",
    1e-5,
    "persons or events",
    "what equations may lack before they count as contradicting each other: counts are whole, and rates "
    "print fewer decimals",
    "H-19",
    "H-20",
)
