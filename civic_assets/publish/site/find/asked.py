"""The search of the site that a store has, without a browser.

Belongs here: finding the files of the search, and what some words find as an answer. Does not belong here: building the
site (`civic_assets.publish.site.build`), and printing (`civic_assets.cli.search`).
"""

from __future__ import annotations

from urllib.parse import quote

from civic_assets.answers.search import SearchAnswer, SearchResult
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.site.addresses import FIND
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search


def search(store: Store, words: str) -> SearchAnswer:
    """What some words find in the site of a store.

    Args:
        store: An existing store.
        words: Words as typed.

    Raises:
        UsageError: Nothing is published, the site has not been built, or its files of the search cannot be read.
    """
    site = store.root / "report"
    if not store.database.is_file():
        raise UsageError(
            f"Nothing is published in {store.root} yet. Run: civic-assets refresh --store {store.root}"
        )
    try:
        index, figures = read_script(site / INDEX_FILE), read_script(site / FIGURES_FILE)
        found = Search(index, figures).find(words)
    except FileNotFoundError:
        raise UsageError(
            f"The site in {site} has no search. Build it with: civic-assets report --store {store.root}"
        ) from None
    except (ValueError, KeyError, IndexError, TypeError):
        raise UsageError(
            f"The files of the search in {site} are damaged. Build them again with: civic-assets report --store "
            f"{store.root}"
        ) from None
    return SearchAnswer(
        words=words,
        results=tuple(
            SearchResult(
                one.kind,
                one.id,
                one.title,
                one.detail,
                one.address,
                one.evidence,
                one.measures,
                one.called,
            )
            for one in found.results
        ),
        unmatched=tuple(found.unmatched),
        permalink=permalink(words),
        site=str(site),
        synthetic=index["synthetic"],
    )


def permalink(words: str) -> str:
    """Address of the page that shows what some words find."""
    return f"{FIND}#q={quote(words, safe='')}"
