"""What may be written in a contract: one pydantic model for each mapping, in which unknown keys are refused.

Belongs here: the shape of `<source>.odcs.yaml` and of the registers next to it. Does not belong here: names that must
exist elsewhere in the same contract (`civic_assets.contracts.checks`), and the loaded contract that the program works
with (`civic_assets.contracts.model`). Importing this package imports pydantic, so only a file that is not known yet is
a reason to do it (`civic_assets.contracts.validated_cache`).
"""
