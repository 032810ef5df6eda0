"""Publishers' sites as they behave, one module for each, serving a folder of files."""
