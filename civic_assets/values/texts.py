"""A long list of texts that is stored as an Arrow array, at a third of the memory of Python strings.

Belongs here: such an array as a sequence. Does not belong here: columns whose values repeat (`coded`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Sequence[str]):
    """Texts without nulls, for example the addresses of all cells of a column.

    Args:
        array: Arrow array of strings.
    """

    array: pa.Array

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            first, last, step = index.indices(len(self.array))
            if step == 1:
                texts: list[str] = self.array.slice(first, max(last - first, 0)).to_pylist()
                return texts
            return [self[at] for at in range(first, last, step)]
        if not -len(self.array) <= index < len(self.array):
            raise IndexError(index)
        return str(self.array[index].as_py())

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self.array), _BATCH):
            yield from self.array.slice(first, _BATCH).to_pylist()


def joined(parts: Sequence[Sequence[str]]) -> Texts:
    """Lists of texts one after the other."""
    import pyarrow as pa

    arrays = [part.array if isinstance(part, Texts) else pa.array(list(part), pa.string()) for part in parts]
    return Texts(pa.concat_arrays(arrays) if arrays else pa.array([], pa.string()))
