"""A store in an object store, of which each machine has a working copy.

- `place`: what an address such as `s3://bucket/store` means, and where its working copy is;
- `objects`: reading and writing objects;
- `exchange`: bringing what is new to the working copy, and what was made there to the object store;
- `lease`: one process at a time changes a part of it;
- `session`: all of these in the order that leaves nothing half done.

Everything else in the package works on the working copy, a folder like any store.
"""
