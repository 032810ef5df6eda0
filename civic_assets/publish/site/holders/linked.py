"""References as HTML: addresses in a text become links.

Belongs here: finding them. Does not belong here: the texts, which are in contracts and vocabularies.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"(\b[^:;]*: )?(https://[^\s;]+[^\s;.,])")


def linked(text: str) -> Markup:
    """A text as HTML, in which a name before an address is the link to it.

    Example:
        >>> linked("Home Office, notice: https://example.org/a; Hansard")
        Markup('<a href="https://example.org/a" rel="external noopener noreferrer">Home Office, notice</a>; Hansard')
    """
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        words = (found[1] or found[2]).removesuffix(": ").strip()
        before = text[end : found.start()] + (" " if found[1] and found[1].startswith(" ") else "")
        parts.append(escape(before))
        parts.append(Markup('<a href="{}" rel="external noopener noreferrer">{}</a>').format(found[2], words))
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
