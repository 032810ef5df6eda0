"""The fault matrix as whole commands: every source at once, each publisher with a fault of its own.

Belongs here: publishers of all sources with small files, what goes wrong and what must follow, and the table of the
documentation. Does not belong here: faults of one transfer (`fault_matrix`) and of one source's round (`every_source`).
"""
