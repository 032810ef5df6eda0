"""Verifying a store: all of its parts, or those of one publication.

Belongs here: which parts are compared, in which order they are told, and that nobody changes the store meanwhile. Does
not belong here: comparing one (`parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from civic_assets.answers.progress import Said
from civic_assets.answers.verification import Difference, Verification
from civic_assets.errors import UsageError
from civic_assets.layers.limits import cores
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.publication import latest, manifests
from civic_assets.verify import parts
from civic_assets.verify.dependents import dependents_of

if TYPE_CHECKING:
    from civic_assets.publish.queries.figure_query import FigureQuery

_NOT_LOCKED = (
    "The store may only be read from here, so that another user may have changed it meanwhile. If something is "
    "different, verify again."
)


def verify(
    store: Store, publication: int | None = None, progress: Callable[[str], None] = lambda _: None
) -> Verification:
    """Hash everything in a store again and compare it.

    Hashes are computed outside Python, so that as many parts are compared at the same time as there are cores.

    Args:
        store: The store; nothing in it is changed.
        publication: Number of the one publication whose files and tables are compared; the whole store if None.
        progress: Function that receives a sentence for each part.

    Raises:
        UsageError: There is no publication of that number.
    """
    with ExitStack() as held:
        try:
            held.enter_context(
                changing(store.root, "civic-assets verify", lambda said: progress(Said(said, "stage")))
            )
        except OSError:
            verified = _verified(store, publication, progress)
            return replace(verified, left_out=(*verified.left_out, _NOT_LOCKED))
        return _verified(store, publication, progress)


def _verified(store: Store, number: int | None, progress: Callable[[str], None]) -> Verification:
    known = dependents_of(store)
    files = tables = None
    left_out: list[str] = []
    if number is not None:
        held = [int(file.stem) for file in manifests(store)]
        if number not in held:
            last = f"The last one is {held[-1]}." if held else "Nothing was published there."
            raise UsageError(f"There is no publication {number} in {store.root}. {last}")
        files = {sha for sha, numbers in known.of_files.items() if number in numbers}
        tables = {sha for sha, numbers in known.of_tables.items() if number in numbers}
    compared: dict[str, Callable[[], list[Difference]]] = {
        parts.ARCHIVE: lambda: parts.archive(store, known, files),
        parts.REQUESTS: lambda: parts.requests(store),
        parts.TABLES: lambda: parts.tables(store, known, tables),
        parts.PUBLICATIONS: lambda: parts.publications(store, number),
        parts.READ_MODEL: lambda: parts.read_model(store),
        parts.SITE: lambda: parts.site(store),
    }
    current = latest(store) or {"number": None}
    if number is not None and number != current["number"]:
        left_out.append(
            f"The read model and the site are those of publication {current['number']}; those of publication {number} "
            "are not kept."
        )
        del compared[parts.READ_MODEL], compared[parts.SITE]
    found = _compared(compared, progress)
    return Verification(str(store.root), number, tuple(compared), tuple(left_out), tuple(found))


def _compared(
    compared: dict[str, Callable[[], list[Difference]]], progress: Callable[[str], None]
) -> Iterator[Difference]:
    with ThreadPoolExecutor(cores()) as threads:
        running = {name: threads.submit(compare) for name, compare in compared.items()}
        for name, part in running.items():
            progress(Said(f"Verifying the {name}", "stage"))
            yield from part.result()


def verify_figure(store: Store, asked: str | FigureQuery) -> Verification:
    """Hash the file of one figure again, and read its cell by another route than the pipeline's.

    Args:
        store: The store; nothing in it is changed.
        asked: Name or id of the figure, or the parts of a query.

    Raises:
        NotPublished: The figure does not exist; the message says what exists instead.
        AmbiguousFigure: Several figures match; `choices` has their names.
    """
    from civic_assets.publish.queries.trace import trace
    from civic_assets.verify.figure import read_again

    chain = trace(store, asked)
    found = parts.archive(store, dependents_of(store), {chain.file.sha256})
    return Verification(str(store.root), None, (parts.ARCHIVE,), (), tuple(found), read_again(chain))
