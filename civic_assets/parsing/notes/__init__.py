"""Publishers' notes in a file: lists of notes, footnotes, lines above tables, and the marks that lead to them.

Belongs here: finding the texts and the marks, and tying them to tables, rows and columns. Does not belong here: what a
note means for its figures (`civic_assets.harmonise.notes`).
"""
