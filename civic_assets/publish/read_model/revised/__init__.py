"""What publishers revised: changes of figures between editions, of printed totals, of releases and of classes."""
