"""The S3 server of the tests: moto, and answers of 503 while a file exists.

Belongs here: the server as a program, `python -m civic_assets_tests.distributed.s3_server PORT BUSY BUCKET`. Does not
belong here: starting it (`services`).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


def main(port: int, busy: Path, bucket: str) -> None:
    """Serve until the process is ended."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # nothing about each request
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # connections stay open
    inner = DomainDispatcherApplication(create_backend_app)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if busy.exists():
            start("503 Service Unavailable", [("content-length", "0")])
            return []
        return inner(environ, start)  # type: ignore[no-any-return]

    server = make_server("127.0.0.1", port, application, threaded=True)
    from moto.s3.models import s3_backends

    s3_backends["123456789012"]["aws"].create_bucket(bucket, "eu-west-2")
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
