"""Public statistics as checked figures that can be traced to the cell they came from."""

__version__ = "0.1.0"
