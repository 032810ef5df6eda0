"""Whether a store is still what it was: everything that is hashed, hashed again, and what depends on it."""
