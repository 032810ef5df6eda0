"""For whom a finding of each check is: the publisher, those who run the pipeline, or readers of the figures.

Belongs here: one entry for each check of the catalogue; a test compares both. Does not belong here: what to do, which
the rule itself says at the end of its message.

A check is for the *publisher* if only the publisher can correct what it finds, for *us* if a file must be fetched or a
contract, a vocabulary or the program must be changed, and for the *reader* if the figures are right and can be
misread.
"""

from __future__ import annotations

from civic_assets.quality.causes.cause import Audience

_PUBLISHER = (
    "R-05 R-11 V-01 V-02 V-03 V-04 V-05 V-08 V-09 V-10 V-11 V-12 V-13 V-14 V-15 V-16 V-17 V-18 V-19 V-20 V-21 "
    "V-22 V-23 V-24 V-25 V-26 V-27 V-28 K-05 H-18 H-19 H-20 X-05 X-14"
)
_US = (
    "R-01 R-02 R-03 R-04 R-06 R-07 R-08 R-09 R-10 R-12 R-13 V-06 V-07 K-01 K-02 K-03 K-04 K-06 K-08 K-09 H-08 H-09 "
    "H-10 H-12 X-01 X-02 X-15 E-01 E-02 E-03 E-04 E-05 E-06 E-07 E-08 E-09 E-10 E-11 E-12 E-13 E-14 E-15 E-16 "
    "E-17 E-18 E-19 E-20 E-21 E-22 X-18"
)
_READER = (
    "H-01 H-02 H-03 H-04 H-05 H-06 H-07 H-11 H-13 H-14 H-15 H-16 H-17 K-07 X-03 X-04 X-06 X-07 X-08 X-09 X-10 "
    "X-11 X-12 X-13 X-16 X-17"
)

AUDIENCES: dict[str, Audience] = {
    **dict.fromkeys(_PUBLISHER.split(), "publisher"),
    **dict.fromkeys(_US.split(), "us"),
    **dict.fromkeys(_READER.split(), "reader"),
}
"""Audience by check."""


def audience_of(check_id: str, action: str) -> Audience:
    """For whom a finding is: as the check declares it, except where the sentence itself names a file of this project.

    Args:
        check_id: The check; a check that is not declared is for those who run the pipeline.
        action: What the finding says is to be done.
    """
    declared = AUDIENCES.get(check_id, "us")
    asks_the_publisher = "publisher" in action or "author" in action
    return "us" if ".yaml" in action and not asks_the_publisher else declared
