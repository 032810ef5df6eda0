"""What a command says while it works, so that the printer can choose.

Belongs here: the kinds of steps and what is known of each. Does not belong here: printing
(`civic_assets.cli.shared.progress`).

A step is said as a sentence. The log of a run, which only wants sentences, takes it as a plain text.
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

Kind: TypeAlias = Literal[
    "stage",
    "step",
    "asked",
    "fetching",
    "doing",
    "file",
    "odd_file",
    "plan",
    "source",
    "layer",
    "release",
    "held_back",
]
"""`stage`: a part of the command begins. `step`: a part of a stage begins. `asked`: a publisher was asked. `fetching`:
so much of a file has come. `doing`: a file is being read. `file`: a file was taken in. `odd_file`: a file was not,
or is a near miss. `plan`: how many releases there are to do. `source`: the releases of a source begin. `layer`: a
layer of a release is there. `release`: the whole release is. `held_back`: it is not published."""


class Said(str):
    """A sentence about a step.

    Args:
        kind: Kind of the step.
        subject: What it is about: a source, or what became of a file.
        number: Number of releases of a plan or source, or of figures of a release.
    """

    kind: Kind
    subject: str
    number: int

    def __new__(cls, sentence: str, kind: Kind, subject: str = "", number: int = 0) -> Self:
        """Make a sentence that knows what it is about."""
        said = super().__new__(cls, sentence)
        said.kind, said.subject, said.number = kind, subject, number
        return said
