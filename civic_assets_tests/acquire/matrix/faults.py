"""What goes wrong at each publisher, the words in which it must be said, and the order in which it is tried.

Belongs here: kinds of faults with their causes, publishers with the sources that depend on them, and commands in which
each publisher has another fault. Does not belong here: running them, and what publishers do to files (`acts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civic_assets_tests.acquire.every_source import PLACES
from civic_assets_tests.acquire.matrix.pages import KINDS, PAGED, WORDS
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer

# Words of which a sentence must have one, in the lists of a publisher and in its files.
_BROKEN_OFF = r"broke the connection off|broken off|ended too early|[\d,]+ of [\d,]+ bytes came"
_NOT_A_LIST = (
    r"expected|should be|is empty|nothing fits|names no archive|not as it should be|an error|speaks of"
)
# The last is said of a file of which only a part was asked for.
_NOT_USED = (
    r"is not used|should be|expected|not as it should be|a file was wanted|does not answer with the bytes"
)
CAUSES: Mapping[str, tuple[str, str]] = {
    "no_answer": (r"no answer within|did not begin within",) * 2,
    "slow_headers": (r"no answer within|did not begin within",) * 2,
    "slow_drip": (r"only [\d,]+ bytes came in the time that was allowed",) * 2,
    "silence": (r"nothing more came for too long",) * 2,
    "refused": (_BROKEN_OFF,) * 2,
    "reset": (_BROKEN_OFF,) * 2,
    "truncated": (_BROKEN_OFF,) * 2,
    "chunks_cut": (_BROKEN_OFF,) * 2,
    "429_seconds": (r"429 \(too many requests\)",) * 2,
    "429_date": (r"429 \(too many requests\)",) * 2,
    "429_long": (r"wait until \d\d:\d\d on",) * 2,
    "503": (r"503 \(not available at the moment\)",) * 2,
    "404": (r"404|is not there|nothing fits",) * 2,
    "html": (
        r"a web page|names no archive|Sorry",
        r"a web page|Sorry|not as it should be|does not answer with the bytes",
    ),
    "error_object": (_NOT_A_LIST, rf"{_NOT_USED}|an error"),
    "empty_body": (_NOT_A_LIST, rf"{_NOT_USED}|is empty"),
    "empty_list": (_NOT_A_LIST, _NOT_USED),
    "wrong_content": (_NOT_A_LIST, _NOT_USED),
    "redirect_host": (r"files\.example\.org",) * 2,
    "redirect_private": (r"10\.0\.0\.1",) * 2,
    "redirect_plain": (r"is not https",) * 2,
    "redirect_loop": (r"redirects more than",) * 2,
    "too_large": (
        r"at most [\d,]+ are fetched|more than",
        r"at most [\d,]+ are fetched|more than|does not answer with the bytes",
    ),
    "endless": (r"goes on after|body is damaged",) * 2,
    "expired": (r"certificate has expired",) * 2,
    "untrusted": (r"authority that is not trusted",) * 2,
    **{kind: (words, words) for kind, words in WORDS.items()},
}
# A certificate is shown before anything is asked for, so it fails the list, whatever the file would be.
OF_CERTIFICATES = ("expired", "untrusted")
# A file comes that is not the one that was wanted, so these look at everything again.
SOMETHING_CAME = ("empty_list", "wrong_content")


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher, and the sources that are not complete without it.

    Args:
        name: Name of the publisher.
        hosts: Its hosts.
        sources: Sources that ask it.
    """

    name: str
    hosts: tuple[str, ...]
    sources: tuple[str, ...]

    def fault(self, kind: str, place: str, server: ReplayServer, times: int | None = None) -> Fault:
        """The fault in its lists or in its files.

        Args:
            kind: A key of `CAUSES`.
            place: A key of `PLACES`.
            server: The server with the sites.
            times: Requests that go wrong; None for all.
        """
        if kind in KINDS:
            site = server.site_of(self.hosts[0])
            assert site is not None
            return PAGED[self.name, place].fault(kind, site)
        where = "" if kind in OF_CERTIFICATES else PLACES[place]
        hosts = "|".join(host.replace(".", r"\.") for host in self.hosts)
        return Fault(kind, host=hosts, path=where, times=times, at=0.0 if times is None else 0.5)

    def has(self, kind: str, place: str) -> bool:
        """Whether it can have a fault there."""
        if kind in KINDS:
            return (self.name, place) in PAGED
        return not (kind in OF_CERTIFICATES and place == "file")


PUBLISHERS = (
    Publisher(
        "ons",
        ("www.ons.gov.uk", "api.beta.ons.gov.uk", "download.ons.gov.uk"),
        ("ons_csp", "ons_pfa", "ons_population"),
    ),
    Publisher("nomis", ("www.nomisweb.co.uk",), ("ons_population",)),
    Publisher(
        "education",
        ("content.explore-education-statistics.service.gov.uk",),
        (
            "dfe_children_in_need",
            "dfe_exclusions",
            "dfe_looked_after",
            "dfe_neet",
            "dfe_sen",
            "ons_population",
        ),
    ),
    Publisher("govuk", ("www.gov.uk", "assets.publishing.service.gov.uk"), ("home_office_prc",)),
    Publisher("datastore", ("data.london.gov.uk",), ("met_borough", "met_lsoa", "met_ward")),
    Publisher("arcgis", ("www.arcgis.com", "services1.arcgis.com"), ("lookups",)),
    Publisher("police", ("data.police.uk", "policeuk-data.s3.amazonaws.com"), ("police_uk",)),
)


def commands(publishers: Sequence[Publisher], place: str, *, one_is_sound: bool) -> list[dict[str, str]]:
    """Commands that try every fault at every publisher: the fault of each publisher that has one, by name.

    Args:
        publishers: The publishers.
        place: A key of `PLACES`.
        one_is_sound: Whether at least one of them has no fault in each command; otherwise all have one.
    """
    left = {one.name: [kind for kind in CAUSES if one.has(kind, place)] for one in publishers}
    for number, kinds in enumerate(left.values()):
        # Each begins with another kind, so that a sentence about another publisher's fault would be noticed.
        turn = number * 3 % max(len(kinds), 1)
        kinds[:] = [*kinds[turn:], *kinds[:turn]]
    made: list[dict[str, str]] = []
    while any(left.values()):
        names = sorted((name for name in left if left[name]), key=lambda name: -len(left[name]))
        if one_is_sound:
            names = names[: len(publishers) - 1]
        command: dict[str, str] = {}
        # A command in which something comes looks at everything again, so such faults are tried together.
        slow = left[names[0]][0] in SOMETHING_CAME and place == "file"
        for name in names:
            kind = next(
                (
                    kind
                    for kind in left[name]
                    if (slow or kind not in command.values())
                    and (place == "list" or slow == (kind in SOMETHING_CAME))
                ),
                None,
            )
            if kind is not None:
                command[name] = kind
                left[name].remove(kind)
        if not one_is_sound:
            # What waits at a publisher whose faults have all been tried must not come meanwhile.
            command = {one.name: command.get(one.name, "503") for one in publishers}
        made.append(command)
    return made


BY_NAME = {one.name: one for one in PUBLISHERS}
# Publishers whose later files come after those of the others, and the others.
FIRST = ("ons", "nomis", "education", "govuk", "arcgis")
OTHERS = ("datastore", "police")
IN_LISTS = commands(PUBLISHERS, "list", one_is_sound=True)
IN_FILES = tuple(
    commands([BY_NAME[name] for name in names], "file", one_is_sound=False) for names in (FIRST, OTHERS)
)


def sources_of(names: Iterable[str]) -> list[str]:
    """Sources that ask some publishers."""
    return sorted({source for name in names for source in BY_NAME[name].sources})


def asks(name: str, place: str) -> tuple[str, ...]:
    """Sources that ask a publisher for a list, or for a file that is new."""
    if name == "ons" and place == "file":
        # The later file of the population is the Department's copy.
        return ("ons_csp", "ons_pfa")
    return BY_NAME[name].sources
