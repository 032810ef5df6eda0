"""The names of releases: an edition, and which issue of it.

Belongs here: taking `2024-12.r2` apart, putting releases in order, and what a name may look like so that
it can be a folder and a partition key. Does not belong here: deciding that bytes are a reissue (the archive).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The first issue has no suffix, so `.r1` and `.r02` are never written by us and are not taken for issues.
_REISSUE = re.compile(r"(?P<edition>.+)\.r(?P<number>[2-9]|[1-9][0-9]+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_UNKNOWN = "unknown-"
_PART = re.compile(r"(?P<edition>.+)-part-[a-z0-9-]+")
_DIGITS = 8
# More issues of one edition than anybody will see.
_BELOW = 1_000_000


def _split(release: str) -> tuple[str, int]:
    match = _REISSUE.fullmatch(release)
    return (match["edition"], int(match["number"])) if match else (release, 1)


def edition_of(release: str) -> str:
    """The edition that a release issues: `2024-12` for `2024-12` and for `2024-12.r2`."""
    return _split(release)[0]


def issue_of(release: str) -> int:
    """Which issue of its edition a release is: 1 for `2024-12`, 2 for `2024-12.r2`."""
    return _split(release)[1]


def release_name(edition: str, issue: int) -> str:
    """The release that is the `issue`-th (1, 2, ...) of an edition; the two functions above undo it."""
    if issue < 1:
        raise ValueError(f"issues of an edition are numbered from 1, not {issue}")
    return edition if issue == 1 else f"{edition}.r{issue}"


def release_sort_key(release: str) -> tuple[str, int]:
    """Order of releases: by edition as text, then by issue as a number (`.r10` after `.r2`).

    Editions sort as text because every source names them so that this is their order in time
    (`2024-12` before `2025-03`; `2023-24-autumn` before `2023-24-spring` before `2023-24-summer`).
    """
    return _split(release)


def series_of(release: str) -> str:
    """Which of a source's files a release continues: what follows its date, `-reasons` of `2016-17-reasons`.

    A term is a part of the date: terms and years are one series, and add up to each other (V-25).
    """
    return re.sub(r"^[0-9]{4}(-[0-9]{2})?(-(autumn|spring|summer))?", "", edition_of(release))


def check_name(name: str, what: str) -> str:
    """Return `name` if it may be part of a path and of a partition key.

    Args:
        name: Of a layer, a source, an edition or a release.
        what: Which of these, for the error.

    Raises:
        ValueError: It is empty, starts with a dot or a dash, or has other characters than letters, digits
            and `._-`.
    """
    if _NAME.fullmatch(name) is None:
        raise ValueError(
            f"{what} {name!r} must consist of letters, digits, '.', '_' and '-' and not start with '.' or '-'"
        )
    return name


def unknown_edition(sha256: str) -> str:
    """Name of a file of a source of which nobody can say which edition it is: `unknown-` and how its hash begins."""
    return f"{_UNKNOWN}{sha256[:_DIGITS]}"


def is_unknown(release: str) -> bool:
    """Is a release a file that nearly is one, named after its hash?"""
    return release.startswith(_UNKNOWN)


def part_edition(edition: str, tables: Iterable[str]) -> str:
    """Name of a part of an edition by the tables that it holds: `2024-12-part-rates`."""
    names = "-".join(re.sub(r"[^a-z0-9]+", "-", table.lower()).strip("-") for table in tables)
    return f"{edition}-part-{names}"


def publication_order(release: str) -> tuple[str, int, str]:
    """Order in which a release comes to stand over others in what is published: the later one is shown.

    As `release_sort_key`, but that a part of an edition stands below every issue of the whole one.
    """
    edition, issue = _split(release)
    part = _PART.fullmatch(edition)
    return (part["edition"], issue - _BELOW, edition) if part else (edition, issue, edition)
