"""The order of releases as partitions.

Belongs here: the releases in a range. Does not belong here: how a release's name sorts (`civic_assets.archive`).

Dagster keeps dynamic partitions in the order in which they were added, and a range is a slice of that order. Releases
arrive in any order, so such a slice would leave some out and include others. `storage` returns them in the order of
releases, so that lists, ranges and backfills are right everywhere. A run also resolves its range itself, because
another storage may be configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from civic_assets.archive import release_sort_key
from civic_assets.errors import CivicError

_SUFFIX = "_releases"


def releases_partitions(source: str) -> str:
    """Name of a source's set of partitions, its releases."""
    return f"{source}{_SUFFIX}"


def in_order(partitions: str, keys: Iterable[str]) -> list[str]:
    """Keys of a set of partitions, oldest release first; unchanged if they are not releases."""
    return sorted(keys, key=release_sort_key) if partitions.endswith(_SUFFIX) else list(keys)


def releases_between(known: Iterable[str], first: str, last: str) -> Sequence[str]:
    """Releases from `first` to `last`, both included, oldest first.

    Args:
        known: All releases of the source.
        first: First release of the range.
        last: Last release of the range.

    Raises:
        CivicError: An end of the range is not a release, or the range is backwards.
    """
    names = sorted(set(known), key=release_sort_key)
    for end in (first, last):
        if end not in names:
            raise CivicError(
                f"The range from {first} to {last} cannot be built: {end} is not a release of this source. Choose "
                "both ends from its partitions."
            )
    start, stop = release_sort_key(first), release_sort_key(last)
    if start > stop:
        raise CivicError(
            f"The range from {first} to {last} is empty, because {last} is an earlier release than {first}. "
            f"Launch the range from {last} to {first}."
        )
    return [name for name in names if start <= release_sort_key(name) <= stop]
