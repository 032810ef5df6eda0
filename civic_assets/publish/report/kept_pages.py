"""Pages kept from one report to the next: rendered again only if what they show has changed.

Belongs here: the hash of what a page shows, and taking its content from the report that is replaced. Does not belong
here: what a page shows (`pages`), and replacing the report (`site`).

The frame of a page names the publication, so it is made again each time; the content between is taken as it was. A page
that somebody changed is rendered again: `stamp.json` has the hash of each file as it was written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.layers.keys import code_version
from civic_assets.publish.report.pages import TEMPLATES, Page, Renderer

_TEMPLATE = "kept.html.j2"
_MAIN = '<main id="main">\n'
_AFTER = "</main>\n<footer>"
_TITLE = ("<title>", " - Quality report</title>")


class KeptPages:
    """The pages of a report that is replaced.

    Args:
        folder: Its folder, which need not exist.
        about: What its `stamp.json` says.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self._folder = folder
        pages = about.get("pages")
        self._pages: Mapping[str, Any] = pages if isinstance(pages, dict) else {}

    @cached_property
    def _made_by(self) -> str:
        """Hash of the code, templates and libraries that make pages."""
        parts = [code_version(), *(version(name) for name in ("jinja2", "markupsafe", "matplotlib"))]
        files = sorted(file for file in TEMPLATES.iterdir() if file.is_file())
        return _hash([*parts, *(file.read_text(encoding="utf-8") for file in files)])

    def write(self, page: Page, renderer: Renderer, folder: Path) -> dict[str, str]:
        """Write a page into the folder of a new report.

        Returns:
            Its entry of `stamp.json`: the hash of what it shows, and of the file.
        """
        key = self._shows(page)
        old = self._old(page, key)
        text = renderer.new(page) if old is None else renderer.text(page, _TEMPLATE, **_parts(old))
        file = folder / page.name
        file.parent.mkdir(exist_ok=True)
        if text != old or not _linked(self._folder / page.name, file):
            file.write_text(text, encoding="utf-8", newline="\n")
        return {"shows": key, "sha256": hashlib.sha256(text.encode()).hexdigest()}

    def _shows(self, page: Page) -> str:
        """Hash of what a page shows; empty if the page is not kept, or shows data of a kind that is not known here."""
        if not page.kept:
            return ""
        try:
            return _hash([self._made_by, page.template, _plain(page.data)])
        except TypeError:
            return ""

    def _old(self, page: Page, key: str) -> str | None:
        """Text of a page that shows the same; None if there is none, or if it is not as it was written."""
        entry = self._pages.get(page.name)
        if not key or not isinstance(entry, dict) or entry.get("shows") != key:
            return None
        try:
            content = (self._folder / page.name).read_bytes()
        except OSError:
            return None
        return content.decode() if hashlib.sha256(content).hexdigest() == entry.get("sha256") else None


def _parts(text: str) -> dict[str, Any]:
    """Title and content of a page. Everything that a publisher wrote is escaped, so it contains no such tags."""
    from markupsafe import Markup

    title = text.partition(_TITLE[0])[2].partition(_TITLE[1])[0]
    return {"title": Markup(title), "main": Markup(text.partition(_MAIN)[2].rpartition(_AFTER)[0])}


def _linked(old: Path, new: Path) -> bool:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        return False
    return True


def _hash(content: Any) -> str:
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def _plain(value: Any) -> Any:
    """Data as JSON can hold it, so that different data are different text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Contract):
        return ["contract", value.sha256]
    if isinstance(value, (date, Decimal)):
        return [type(value).__name__, str(value)]
    if isinstance(value, Mapping):
        return ["pairs", *([_plain(key), _plain(one)] for key, one in value.items())]
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return ["set", *sorted(map(str, value))]
    if is_dataclass(value) and not isinstance(value, type):
        named = [[one.name, _plain(getattr(value, one.name))] for one in fields(value)]
        return [type(value).__name__, *named]
    raise TypeError(f"{value!r} cannot be part of what a page shows.")
