"""What may be written in the files of `data_contracts/vocabularies/`: one module for each file, of the same name.

Belongs here: the keys and values of each file, and demands that need nothing else than the file. Does not belong here:
what the program works with (the module that reads each file maps its model to that), and demands that need several
files (`civic_assets.quality.file_demands`).
"""
