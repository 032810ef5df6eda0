"""Small JSON files that carry a hash of themselves, so that a changed byte is seen.

Belongs here: the seal, and whether it is right. Does not belong here: what the files say, and chains of lines, in which
each line carries the hash of the line before (`civic_assets.archive.chain`).

The seal is the first member of the object: the SHA-256 of the file's bytes as they would be without it. Anyone who
changes a file on purpose can seal it again; a seal shows accidents and careless edits, not forgery.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum

_SEAL = re.compile(rb'\{(?P<gap>\s*)"seal": ?"(?P<seal>[0-9a-f]{64})",')


class Seal(Enum):
    """What a file says of itself."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


def sealed(text: str) -> bytes:
    """A JSON object with its seal.

    Args:
        text: The object, with at least one member, as it is to be written.
    """
    content = text.encode("utf-8")
    gap = content[1 : len(content) - len(content[1:].lstrip())]
    space = b" " if gap else b""
    return b'{%s"seal":%s"%s",%s' % (gap, space, hashlib.sha256(content).hexdigest().encode(), content[1:])


def seal_of(content: bytes) -> Seal:
    """Whether a file is as it was sealed.

    Args:
        content: Its bytes. `NONE`: they have no seal, as those of an earlier version or of another program.
    """
    match = _SEAL.match(content)
    if match is None:
        return Seal.NONE
    before = b"{" + content[match.end() :]
    return Seal.RIGHT if hashlib.sha256(before).hexdigest().encode() == match["seal"] else Seal.WRONG
