"""A page as the tests see it: whether it is well formed, and what it contains.

Belongs here: reading HTML strictly. Does not belong here: what it must contain (the tests).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Element:
    """An element with its attributes, text and place."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """Elements directly in it."""
        return [one for one in self.content if isinstance(one, Element)]

    @property
    def text(self) -> str:
        """All text in it, spaces joined."""
        parts = (one if isinstance(one, str) else one.text for one in self.content)
        return " ".join(" ".join(parts).split())

    def all(self, *tags: str) -> list[Element]:
        """Elements in it with one of some tags, in order; any tag when none is named."""
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    def within(self, tag: str) -> bool:
        """Whether it is in an element of that tag."""
        return self.parent is not None and (self.parent.tag == tag or self.parent.within(tag))


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.root = name, Element("", {}, None)
        self.here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{self.name}: <{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.content.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            assert self.here.within("svg") or tag == "svg", f"{self.name}: <{tag}/> is open in HTML"
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.tag, f"{self.name}: </{tag}> closes <{self.here.tag}>, {self.getpos()}"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.content.append(data)


def read_page(file: Path) -> Element:
    """The elements of a page; fails where a tag is not closed, or closed out of turn."""
    reader = _Reader(file.name)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>"), f"{file.name} has no doctype"
    reader.feed(text)
    reader.close()
    assert reader.here is reader.root, f"{file.name}: <{reader.here.tag}> is not closed"
    return reader.root


def pages_of(folder: Path) -> dict[str, Element]:
    """All pages of a report by their path in it."""
    return {str(file.relative_to(folder)): read_page(file) for file in sorted(folder.rglob("*.html"))}
