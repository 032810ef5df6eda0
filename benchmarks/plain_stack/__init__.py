"""The same work done with the usual tools, as a team would assemble them; measured, never used."""
