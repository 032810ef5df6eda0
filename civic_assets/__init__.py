"""Public statistics as checked figures that can be traced to the cell they came from.

For notebooks and other pipelines: `read` gives published figures as a pandas frame, `read_file` the figures of one
publisher's file, and `schema` the contract of a source as a pandera schema.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civic_assets.frames import read, read_file, schema

__version__ = "0.1.0"
__all__ = ["__version__", "read", "read_file", "schema"]


def __getattr__(name: str) -> Any:
    """Loads what an analyst uses when it is first asked for, so that `import civic_assets` stays light."""
    if name in __all__:
        from civic_assets import frames

        return getattr(frames, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
