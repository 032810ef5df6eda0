"""The libraries with which a publication is made, by name and version.

Belongs here: which libraries the program needs, with those that they need, as they are installed. Does not belong here:
whether they fit (`pyproject.toml`).
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OF_AN_EXTRA = re.compile(r"""extra\s*==""")
_PROGRAM = "civic-assets"


def installed_libraries() -> dict[str, str]:
    """Version by name of every library that the program needs, directly or not.

    Returns:
        Names in the form that package registries compare, in order. Libraries of extras are left out, and those that
        are not installed because another system or Python needs them. Empty if the program itself is not installed.
    """
    found: dict[str, str] = {}
    wanted = [_PROGRAM]
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in found:
            continue
        try:
            about = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = about.version
        for requirement in about.requires or []:
            match = _NAME.match(requirement)
            if match is not None and not _OF_AN_EXTRA.search(requirement):
                wanted.append(match[0])
    found.pop(_PROGRAM, None)
    return dict(sorted(found.items()))
