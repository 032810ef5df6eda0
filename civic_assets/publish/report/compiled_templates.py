"""Templates as Python's bytecode, kept in the user's cache folder, so that an unchanged template is not compiled again.

Belongs here: keeping and finding compiled templates. Does not belong here: the folder, and who may have written to it
(`civic_assets.contracts.validated_cache`), and the templates' environment
(`civic_assets.publish.site.templates_of`).

Compiling the templates takes a tenth of the time of a small report. Jinja itself refuses bytecode of another source, of
another Python and of another form; the settings of the environment are part of the key.
"""

from __future__ import annotations

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from civic_assets.contracts.validated_cache import keep, kept, key_of

_MADE_BY = ("publish/site/templates_of.py", "publish/report/compiled_templates.py")


class CompiledTemplates(BytecodeCache):
    """The compiled templates of a user."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what is kept of its template, if anything is."""
        code = kept(_key(bucket))
        if isinstance(code, bytes):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was just compiled."""
        keep(_key(bucket), bucket.bytecode_to_string())


def _key(bucket: Bucket) -> str:
    return key_of("template", jinja2.__version__, bucket.key, bucket.checksum, made_by=_MADE_BY)
