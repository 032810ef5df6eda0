"""`generic_headers.yaml`: headers that any publication may have.

Belongs here: the keys of the file. Does not belong here: asking whether a header is generic
(`civic_assets.contracts.identity`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from civic_assets.contracts.models.base import Pattern, Text
from civic_assets.contracts.models.whole_file import OneOrMore, WholeFile, twice
from civic_assets.contracts.problems import Problem
from civic_assets.values.cells import label


class GenericHeaders(WholeFile):
    """Headers that never tell one publication from another."""

    headers: Annotated[list[Text], OneOrMore]
    patterns: list[Pattern]

    def contradictions(self) -> Iterator[Problem]:
        """Headers are written as labels, each once."""
        for index, header in enumerate(self.headers):
            if header != label(header):
                yield Problem(
                    f"headers[{index}]", f"{header!r} is not written as a label: write {label(header)!r}"
                )
        yield from twice("headers", self.headers, "the header")
