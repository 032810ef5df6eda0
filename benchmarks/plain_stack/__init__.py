"""The same work by the usual parts, as a team would assemble them without this project; only measured, never used."""
