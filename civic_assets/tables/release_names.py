"""The names of releases: an edition, and which issue of it.

Belongs here: taking `2024-12.r2` apart, putting releases in order, and what a name may look like so that
it can be a folder and a partition key. Does not belong here: deciding that bytes are a reissue (the archive).
"""

from __future__ import annotations

import re

# The first issue has no suffix, so `.r1` and `.r02` are never written by us and are not taken for issues.
_REISSUE = re.compile(r"(?P<edition>.+)\.r(?P<number>[2-9]|[1-9][0-9]+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


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
    return re.sub(r"^\d{4}(-\d{2})?(-(autumn|spring|summer))?", "", edition_of(release))


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
