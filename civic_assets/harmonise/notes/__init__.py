"""What publishers' notes mean for the figures they concern.

Belongs here: effects, recognised by the words of a note, and the figures that each concerns. Does not belong here:
finding notes in a file (`civic_assets.parsing.notes`), and what an effect means for a comparison
(`civic_assets.harmonise.comparability.publisher_notes`).
"""
