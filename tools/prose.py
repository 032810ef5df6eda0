"""Finds habits of wording that the house style avoids, in pages, docstrings, comments, messages and contracts.

Belongs here: the list of habits with what to write instead, and running it over files. Does not belong here: spelling
(codespell, `.codespellrc`), and whether a sentence is good: docs/reference/style.md is for people, this list is a net
under it.

    python -m tools.prose [PATH ...]    prints file, line, what was found and what to write; exit code 1 if anything was
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATHS = (
    "civic_assets",
    "docs",
    "data_contracts",
    "tools",
    "benchmarks",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)

HABITS: tuple[tuple[str, str], ...] = (
    (r"\bcan not\b(?! only)", "cannot"),
    (r"(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b|\d)", "is not a"),
    (r"(?<!there )\b(?:is|are) (?-i:none)\b(?! of)", "is not one"),
    (r"\b(?:of|are|is) ours\b", "derived, or our"),
    (r"\bour own\b", "derived, or our"),
    (r"\b(?:what|it|that|which) is (?:told|said)\b", "the message, or is reported"),
    (r"^\s+\*{0,2}\w+: Told\b", "a noun phrase: 'progress: Function that receives a line for each release.'"),
    (r"\bbeside\b", "next to, with, as well as"),
    (r"\bin (?:the )?place of\b", "instead of"),
    (
        r"\bstands? (?:in|at|under|below|above|there|alone|by|beside|on|as|how|within|between|with)\b",
        "is in, is at",
    ),
    (r"\b(?:lies?|stands?) to\b", "relates to"),
    (r"\bin the making\b", "being built"),
    (r"\bheld against\b|\bholds? \w+ against\b", "compared with"),
    (r"\b(?:None|empty) where\b", "if"),
    (r"\bas (?:it|they) stands?\b", "unchanged"),
    (r"^\s+\*{0,2}\w+: (?:Of|To|By|Has) ", "a noun phrase: 'source: Id of the source.'"),
    (
        r"^\s*(?:Is|Are|Was|Were|Does|Do|Did|Has|Have|Had|May|Can|Must)\b[^.;]*\?$",
        "Whether ..., in a docstring",
    ),
    (r"\bnot guessed\b|\bnever guessed\b", "say what is unknown"),
    (r"\bby its nature\b", "leave it out"),
    (r"\bwhoever\b", "anyone who, or name the person"),
    (r"\bin one go\b", "at once"),
    (r"(?<!so )\bthat many\b", "this number of"),
    (r"\banew\b", "again"),
    (r"\bnobody foresaw\b", "unexpected"),
    (r"\bone per the other\b", "divide one by the other"),
    (r"\bbecuase\b", "because (tests misspell it on purpose, so codespell passes it)"),
    (r"\bmend(?:s|ed|ing)?\b", "correct, repair, fix"),
    (r"\bcomes? to stand\b", "is"),
)
"""Regular expression of a habit, matched without regard to case, and what to write instead."""

AMERICAN: tuple[tuple[str, str], ...] = (
    (r"\b(behavi|col|fav|hon|lab|neighb)or(s|ed|ing|al|ite|hood)?\b", "-our"),
    (r"\bcenter(s|ed)?\b", "centre"),
    (r"\b(label|model|cancel|travel)(ed|ing)\b", "-lled, -lling"),
    (r"\b(anal|catal)yz(e|es|ed|ing)\b", "analyse"),
    (r"\bcatalogs?\b", "catalogue"),
    (r"\b(harmon|normal|organ|recogn|summar|standard|categor|serial|initial|minim|maxim|optim|emphas)iz(e|es|ed|er|ing|ation)\b",
     "-ise"),
    (r"\bgray\b", "grey"),
)  # fmt: skip
"""American spellings and the British form."""

_RULES = [(re.compile(pattern, re.IGNORECASE), advice) for pattern, advice in (*HABITS, *AMERICAN)]
# What a publisher, a library or this list itself says, by a part of the line. A quotation keeps its words.
QUOTED = (
    "stand under Unassigned",
    "misprints mended",
    "tools/prose.py",
    "Not *",
)
_SQL = re.compile(r"\b(?:SELECT|FROM|CASE WHEN|CREATE|INSERT|JOIN|WHERE)\b")
_FEWEST_WORDS = 3


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """Habits in one line of text, as (words, advice)."""
    if any(quoted in text for quoted in QUOTED):
        return
    for rule, advice in _RULES:
        if match := rule.search(text):
            yield match[0].strip(), advice


def sentences_of(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a file that people read, with their numbers.

    Args:
        path: A module (docstrings, comments and strings of three words or more, except SQL), a page (without code), a
            template, a YAML file or a rule in SQL.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_module(text)
    elif path.suffix == ".md":
        yield from _of_page(text)
    elif path.suffix == ".j2":
        plain = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", "", text)
        yield from enumerate(plain.split("\n"), 1)
    else:
        names = r"^[ \t]*(?:- )?\w+:(?: \[[^\]\n]*\])?|\bvalues: \[[^\]\n]*\]"
        plain = re.sub(rf"`[^`]*`|{names}", "", text, flags=re.MULTILINE)
        yield from enumerate(plain.split("\n"), 1)


def _of_module(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if len(node.value.split()) >= _FEWEST_WORDS and not _SQL.search(node.value):
            for number, line in enumerate(node.value.split("\n"), node.lineno):
                yield number, re.sub(r"`[^`]*`", "", line)


def _of_page(text: str) -> Iterator[tuple[int, str]]:
    in_code = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            yield number, re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Files to check below some paths; generated geography, and the lists of habits themselves, are left out."""
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            generated = "geography" in file.parts or ("published" in file.parts and file.suffix == ".yaml")
            skipped = generated or file.name in ("prose.py", "style.md")
            if file.suffix in (".py", ".md", ".yaml", ".j2", ".sql") and file.is_file() and not skipped:
                yield file


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every habit found; returns 1 if there is one."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    paths = [Path(name).resolve() for name in given] or [ROOT / name for name in PATHS]
    places = [
        f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}:{line}: {words!r}: {advice}"
        for file in files_of(path for path in paths if path.exists())
        for line, text in sorted(sentences_of(file))
        for words, advice in found_in(text)
    ]
    if places:
        print(*places, f"{len(places)} places to reword; docs/reference/style.md says how.", sep="\n")
    return int(bool(places))


if __name__ == "__main__":
    sys.exit(main())
