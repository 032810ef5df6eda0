"""What the tidy parser does with one row: its area, its period and its group, as the contract describes them."""
