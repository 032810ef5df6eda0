"""Objects of a store in an object store: read, written if nobody else has, listed.

Belongs here: every request to the object store, and the sentence where one fails. Does not belong here: which objects
(`exchange`), and who may change them (`lease`).

The requests are made by obstore (https://developmentseed.org/obstore), which asks again with growing waits when a
server is busy or out of reach. Its settings come from the environment, by the names that the provider's own tools use:
`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, ... They are written nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from civic_assets.errors import UsageError
from civic_assets.house_numbers.distributed import (
    BLOCK_BYTES,
    OBJECTS_WAIT_SECONDS,
    REQUEST_SECONDS,
    RETRIES,
    RETRY_SECONDS,
)
from civic_assets.layers.remote.failures import Changed, NotReached

_NOT_INSTALLED = (
    "A store in an object store needs the package obstore, which is not installed. Install it with: pip install "
    "'civic-assets[distributed]'"
)


@dataclass(frozen=True, slots=True)
class Object:
    """One object.

    Args:
        name: Its path in the store, with `/` between folders.
        size: Its size in bytes.
        tag: The server's tag of its content; changes whenever the object is written.
    """

    name: str
    size: int
    tag: str


class Objects:
    """The objects of one store.

    Args:
        address: Address of the store, such as `s3://bucket/path`.

    Raises:
        UsageError: The package that makes the requests is not installed, or a setting is wrong.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            import obstore
            from obstore import exceptions
            from obstore.store import from_url
        except ImportError:
            raise UsageError(_NOT_INSTALLED) from None
        self._obstore, self._errors = obstore, exceptions
        named: dict[str, Any] = {}
        if address.startswith("s3:") and (os.environ.get("AWS_ENDPOINT_URL") or "").startswith("http://"):
            # Only where the address says so: a test, or a server inside a private network.
            named["client_options"] = {"allow_http": True, "timeout": timedelta(seconds=REQUEST_SECONDS)}
        elif not address.startswith("file:"):
            named["client_options"] = {"timeout": timedelta(seconds=REQUEST_SECONDS)}
        if not address.startswith("file:"):
            named["retry_config"] = {
                "backoff": {
                    "init_backoff": timedelta(seconds=0.2),
                    "max_backoff": timedelta(seconds=OBJECTS_WAIT_SECONDS),
                    "base": 2,
                },
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=RETRY_SECONDS),
            }
        else:
            named["mkdir"] = True
        try:
            self._store = from_url(address, **named)
        except Exception as error:  # noqa: BLE001  (obstore's errors for settings have no common class)
            raise UsageError(f"{address} cannot be used as a store: {_short(error)}") from None

    @contextmanager
    def _asked(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (self._errors.AlreadyExistsError, self._errors.PreconditionError) as error:
            raise Changed(f"{self.address}: {what} was changed by another process meanwhile.") from error
        except self._errors.NotFoundError as error:
            raise FileNotFoundError(f"{self.address}/{what}") from error
        except (self._errors.PermissionDeniedError, self._errors.UnauthenticatedError) as error:
            raise UsageError(
                f"{self.address}: {what} is refused. Check the keys in the environment (for S3: AWS_ACCESS_KEY_ID and "
                f"AWS_SECRET_ACCESS_KEY) and what they may do: {_short(error)}"
            ) from None
        except self._errors.BaseError as error:
            raise NotReached(
                f"{self.address}: {what} could not be had: {_short(error)} Nothing is lost: try again when the object "
                "store answers."
            ) from None

    def listed(self, prefix: str = "") -> Iterator[Object]:
        """The objects whose name begins with a folder; all if it is empty."""
        with self._asked(prefix or "the list of objects"):
            for some in self._obstore.list(self._store, prefix=prefix or None, chunk_size=1000):
                for one in some:
                    yield Object(one["path"], one["size"], str(one["e_tag"]))

    def look(self, name: str) -> Object | None:
        """An object without its content; None if there is none."""
        try:
            with self._asked(name):
                one = self._obstore.head(self._store, name)
        except FileNotFoundError:
            return None
        return Object(one["path"], one["size"], str(one["e_tag"]))

    def read(self, name: str) -> tuple[bytes, str]:
        """Content of a small object, and its tag.

        Raises:
            FileNotFoundError: There is none.
        """
        with self._asked(name):
            answer = self._obstore.get(self._store, name)
            return bytes(answer.bytes()), str(answer.meta["e_tag"])

    def download(self, name: str, to: Path) -> str:
        """Copy an object to a file, a block at a time. Returns its tag.

        Raises:
            FileNotFoundError: There is none.
        """
        with self._asked(name):
            answer = self._obstore.get(self._store, name)
            with to.open("wb") as file:
                for block in answer.stream(min_chunk_size=BLOCK_BYTES):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            return str(answer.meta["e_tag"])

    def create(self, name: str, content: bytes | Path) -> str:
        """Write an object that must not exist yet. Returns its tag.

        Raises:
            Changed: It exists.
        """
        return self._put(name, content, "create")

    def replace(self, name: str, content: bytes | Path, tag: str) -> str:
        """Write an object that must still have a tag. Returns the new tag.

        Raises:
            Changed: It has been written since.
        """
        return self._put(name, content, {"e_tag": tag})

    def write(self, name: str, content: bytes | Path) -> str:
        """Write an object, whatever was there. Returns its tag."""
        return self._put(name, content, "overwrite")

    def _put(self, name: str, content: bytes | Path, mode: Any) -> str:
        with self._asked(name):
            # A conditional request cannot be made in parts, and only large files are worth parts.
            parts = isinstance(content, Path) and mode == "overwrite"
            return str(
                self._obstore.put(
                    self._store, name, content, mode=mode, **({} if parts else {"use_multipart": False})
                )["e_tag"]
            )

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        try:
            with self._asked(name):
                self._obstore.delete(self._store, name)
        except FileNotFoundError:
            pass


def _short(error: BaseException) -> str:
    """The first sentence of an error of the object store, without what a server said in XML."""
    text = " ".join(str(error).split()).split(": <?xml")[0].split("Debug source:")[0].strip(" :")
    return f"{text[:300].rstrip('.')}."
