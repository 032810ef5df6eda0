"""The register of house numbers: thresholds, counts, shares, windows and tolerances that this project chose.

Belongs here: every number by which figures, findings, files and lists are judged and that no publisher or standard
gives us, or that we adopted from the literature, with its unit, its reason and the checks or tables that depend on it.
One module for each subject. Does not belong here: thresholds of one source (its contract), of the bias register
(`vocabularies/bias.yaml`) and of the expectations (`expectations/`), which have their reasons where they are declared;
and numbers that are facts: formats, calendars, constants of mathematics.

This package is at the bottom of the import order, so that every other package can take its numbers from here.
"""
