"""Pages that lead from each figure to the cell it was read from."""
