"""Importing requests without the libraries that guess the encoding of a text.

Belongs here: this one import. Does not belong here: the session (`connections`).

Bodies are read as bytes here, and what they are is said by their contract. The guessing library takes an eighth of the
time of a refresh that finds nothing new. Without it, requests takes a text without a stated encoding for UTF-8.
"""

from __future__ import annotations

import sys
import warnings

__all__ = ["requests"]

_GUESSING = ("chardet", "charset_normalizer")


class _Absent:
    """Says that the guessing libraries are not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        if name in _GUESSING:
            raise ModuleNotFoundError(f"{name} is not needed", name=name)


_absent = _Absent()
sys.meta_path.insert(0, _absent)
try:
    with warnings.catch_warnings():
        # requests warns that it cannot guess.
        warnings.simplefilter("ignore")
        import requests
finally:
    sys.meta_path.remove(_absent)
