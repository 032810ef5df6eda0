"""The names of releases: an edition and the number of its issue.

Belongs here: splitting `2024-12.r2`, sorting releases, and which names are valid as a folder and a partition key. Does
not belong here: deciding that a file is a reissue (the archive).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The first issue has no suffix, so `.r1` and `.r02` are never written and are not read as issues.
_REISSUE = re.compile(r"(?P<edition>.+)\.r(?P<number>[2-9]|[1-9][0-9]+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_UNKNOWN = "unknown-"
_PART = re.compile(r"(?P<edition>.+)-part-[a-z0-9-]+")
_DIGITS = 8
# More issues than any edition will have.
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
    """The release that is the `issue`-th (1, 2, ...) of an edition; the inverse of the two functions above."""
    if issue < 1:
        raise ValueError(f"issues of an edition are numbered from 1, not {issue}")
    return edition if issue == 1 else f"{edition}.r{issue}"


def release_sort_key(release: str) -> tuple[str, int]:
    """Order of releases: by edition as text, then by issue as a number (`.r10` after `.r2`).

    Editions sort as text, because every source names them so that this is their chronological order
    (`2024-12` before `2025-03`; `2023-24-autumn` before `2023-24-spring` before `2023-24-summer`).
    """
    return _split(release)


def series_of(release: str) -> str:
    """The series of files that a release continues: the part after its date, `-reasons` in `2016-17-reasons`.

    A term is part of the date: terms and years form one series, and terms add up to years (V-25).
    """
    return re.sub(r"^[0-9]{4}(-[0-9]{2})?(-(autumn|spring|summer))?", "", edition_of(release))


def is_name(name: str) -> bool:
    """Whether a name is valid in a path and in a partition key, which a stray file such as `.DS_Store` has not."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str, what: str) -> str:
    """Return `name` if it is valid in a path and in a partition key.

    Args:
        name: Name of a layer, a source, an edition or a release.
        what: Word for which of these it is, for the message.

    Raises:
        ValueError: The name is empty, starts with a dot or a dash, or has characters other than letters, digits
            and `._-`.
    """
    if not is_name(name):
        raise ValueError(
            f"{what} {name!r} must consist of letters, digits, '.', '_' and '-' and not start with '.' or '-'"
        )
    return name


def unknown_edition(sha256: str) -> str:
    """Release name of a file whose edition is unknown: `unknown-` and the beginning of its hash."""
    return f"{_UNKNOWN}{sha256[:_DIGITS]}"


def is_unknown(release: str) -> bool:
    """Whether a release is a near miss, named after its hash."""
    return release.startswith(_UNKNOWN)


def part_edition(edition: str, tables: Iterable[str]) -> str:
    """Name of a part of an edition, by the tables it has: `2024-12-part-rates`."""
    names = "-".join(re.sub(r"[^a-z0-9]+", "-", table.lower()).strip("-") for table in tables)
    return f"{edition}-part-{names}"


def publication_order(release: str) -> tuple[str, int, str]:
    """Sort key of precedence in what is published: the later release is shown.

    Like `release_sort_key`, except that a part of an edition ranks below every issue of the complete one.
    """
    edition, issue = _split(release)
    part = _PART.fullmatch(edition)
    return (part["edition"], issue - _BELOW, edition) if part else (edition, issue, edition)
