"""A replay publisher: one server on loopback that behaves as the publishers' sites do, for tests and by hand.

Belongs here: the server, its faults and its certificates; sites, one module for each publisher. Does not belong here:
what is tested with it.
"""
