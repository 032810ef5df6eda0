"""The order of releases as partitions.

Belongs here: which releases a range means. Does not belong here: how a release's name sorts (`civic_assets.archive`).

Dagster keeps dynamic partitions in the order in which they were added, and a range is a slice of that order. Releases
arrive in any order, so that such a slice would leave some out and take others in. `storage` hands them out in the order
of releases, which puts lists, ranges and backfills right everywhere; a run resolves its range once more itself, since
another storage may be configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from civic_assets.archive import release_sort_key
from civic_assets.errors import CivicError

_SUFFIX = "_releases"


def releases_partitions(source: str) -> str:
    """Name of the set of partitions of a source: its releases."""
    return f"{source}{_SUFFIX}"


def in_order(partitions: str, keys: Iterable[str]) -> list[str]:
    """Keys of a set of partitions, oldest release first; as they are when they are no releases."""
    return sorted(keys, key=release_sort_key) if partitions.endswith(_SUFFIX) else list(keys)


def releases_between(known: Iterable[str], first: str, last: str) -> Sequence[str]:
    """Releases from `first` to `last`, both included, oldest first.

    Args:
        known: All releases of the source.
        first: Where the range begins.
        last: Where it ends.

    Raises:
        CivicError: An end of the range is no release, or the range is given backwards.
    """
    names = sorted(set(known), key=release_sort_key)
    for end in (first, last):
        if end not in names:
            raise CivicError(
                f"The range from {first} to {last} can not be built: {end} is no release of this source."
            )
    start, stop = release_sort_key(first), release_sort_key(last)
    if start > stop:
        raise CivicError(
            f"The range from {first} to {last} is empty, because {last} is an earlier release than {first}. "
            f"Launch the range from {last} to {first}."
        )
    return [name for name in names if start <= release_sort_key(name) <= stop]
