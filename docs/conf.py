"""How Sphinx builds the pages of this folder into a site: `make docs`.

Belongs here: settings of the generator. Does not belong here: text, or anything that the pages say about the program.
"""

from __future__ import annotations

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from civic_assets import __version__

project = "civic_assets"
release = __version__
language = "en-GB"
html_title = f"civic_assets {release}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["how-to/example-*"]

# Every heading is an anchor, so that a link to a heading that is gone is an error; `deflist` and the like are not used.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "fieldlist"]
nitpicky = True
# Types of other libraries have their own documentation, which a build without a network cannot look into; types of
# this project that are not public have none.
nitpick_ignore_regex = [
    ("py:class", r"pd\.DataFrame|Path|date|Store|Contract|Layer|.*\.Frame|pandera\..*"),
    ("py:exc", "SchemaErrors?"),
]

autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# Nothing is loaded from elsewhere: the site must open from a shared folder. A test looks at the pages.
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False

# Sites that answer programs with an error although the page is there, for `make docs-links`.
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_anchors = False


def setup(app: Sphinx) -> None:
    """Shows CSV files, for which Pygments has no lexer, as plain text."""
    app.add_lexer("csv", TextLexer)
