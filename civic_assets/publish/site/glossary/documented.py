"""The glossary as a page of the documentation.

Belongs here: its form in Markdown. Does not belong here: the words (`vocabularies/glossary.yaml`), and the glossary of
the site, which has checks and indicators as well (`section`). A test notices when the page is old.

    python -m civic_assets.publish.site.glossary.documented > docs/reference/glossary.md
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.publish.site.glossary.vocabulary import Word, glossary

_INTRODUCTION = """# Glossary

Words of these pages, the tables and the messages, in the sense in which they are used here. Column and status names
are in `monospace`. [The site](../how-to/read-the-site.md) has a glossary with every check and every indicator of bias.

Made from `data_contracts/vocabularies/glossary.yaml` by `python -m civic_assets.publish.site.glossary.documented`; do
not edit."""


def page() -> str:
    """The glossary as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    known = glossary()
    yield _INTRODUCTION
    for group, title in known.groups.items():
        yield f"\n## {title}\n"
        yield from _table("word", [one for one in known.words if one.group == group])
    yield "\n## Statuses of figures\n"
    yield "Why a value is absent or special. What is not there is never shown as zero.\n"
    yield "| status | in words | meaning |"
    yield "|---|---|---|"
    for name, one in known.statuses.items():
        yield f"| `{name}` | {one.title} | {_meaning(one)} |"
    yield "\n## Biases\n"
    yield "The biases of the [bias register](bias-register.md), which has the indicators of each.\n"
    yield from _table("bias", list(known.biases.values()))


def _table(what: str, words: list[Word]) -> Iterator[str]:
    yield f"| {what} | meaning |"
    yield "|---|---|"
    for one in words:
        names = [f"`{name}`" if "_" in name else name for name in (one.title, *one.also)]
        yield f"| {', '.join(names)} | {_meaning(one)} |"


def _meaning(word: Word) -> str:
    words, address = word.see
    if not address:
        return word.means
    return f"{word.means.removesuffix('.')} ([{words}]({address}))."


if __name__ == "__main__":
    print(page(), end="")
