"""The same work by the usual parts, as a team would assemble them; measured, never used."""
