"""What follows for each source when a publisher changes a file: the list that the tests run and the page prints.

Belongs here: releases, states and words, by source. Does not belong here: making the files (`acts`), and running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows for one source.

    Args:
        state: What is said of it (`AskedSource.state`).
        releases: New releases.
        events: Kinds of what is recorded of the publisher's act.
    """

    state: str = "answered"
    releases: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The outcome in words."""
        parts = [_EVENTS[event] for event in self.events]
        parts += [f"`{release}` is received" for release in self.releases]
        if not self.events and not self.releases:
            return "the file before it is offered again; not recorded, and what was received stays"
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a publisher does to a file of each source.

    Args:
        name: Short name.
        what: What it does.
        outcomes: What follows, by source.
    """

    name: str
    what: str
    outcomes: Mapping[str, Outcome]


_EVENTS = {
    "replaced": "recorded as replaced in place",
    "reissued": "recorded as issued again",
    "withdrawn": "recorded as withdrawn; what was received stays",
}

# Release that the later edition of each source is.
LATER: Mapping[str, str] = {
    "dfe_children_in_need": "2025-c1",
    "dfe_exclusions": "2023-24",
    "dfe_looked_after": "2026",
    "dfe_neet": "2026",
    "dfe_sen": "2025-26",
    "home_office_prc": "2025-09-pfa",
    "lookups": "2019-lad-csp-pfa",
    "met_borough": "2025-08",
    "met_lsoa": "2026-02",
    "met_ward": "2025-07",
    "ons_csp": "2022-12",
    "ons_pfa": "2025-12",
    "ons_population": "2022-age-0-17",
    "police_uk": "2023-07-city-of-london",
}
# What is nearly a release is received under a name of its own, `unknown-` and part of its hash, and held back.
NEARLY = "unknown-..."
ACTS = (
    Act(
        "replaced",
        "the file is replaced in place by one with another figure",
        {
            source: Outcome(releases=(f"{release}.r2",), events=("replaced",))
            for source, release in LATER.items()
        }
        # An attachment of GOV.UK has another address when its bytes change.
        | {"home_office_prc": Outcome(releases=(f"{LATER['home_office_prc']}.r2",), events=("reissued",))},
    ),
    Act(
        "other_header",
        "the file is replaced by one in which a column is called otherwise",
        dict.fromkeys(LATER, Outcome(releases=(NEARLY,)))
        | {
            # The columns are in the address of the service's table.
            "lookups": Outcome(releases=(f"{LATER['lookups']}.r3",), events=("reissued",)),
            "ons_csp": Outcome(releases=(f"{LATER['ons_csp']}.r3",), events=("replaced",)),
            "ons_pfa": Outcome(releases=(f"{LATER['ons_pfa']}.r3",), events=("replaced",)),
        },
    ),
    Act(
        "withdrawn",
        "the newest file is taken away",
        dict.fromkeys(LATER, Outcome(events=("withdrawn",)))
        # Of these only the newest file is looked for, and the one before it takes its place.
        | dict.fromkeys(("met_borough", "met_lsoa", "met_ward", "ons_csp"), Outcome()),
    ),
)
