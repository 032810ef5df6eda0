"""What a process does outside the folders that it may change, as it does it.

Belongs here: the audit hook, and its list of everything that touches files, the network and other processes. Does not
belong here: what must hold (`verdict`). Native code that opens files raises no such event, so `child` also looks
at the folders in which a stray file would be.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events with the places, among their arguments, of each path and of the open folder that it is relative to.
_CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.rename": ((0, 2), (1, 3)), "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),),
    "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),), "os.truncate": ((0, None),), "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),), "os.utime": ((0, 3),),
}  # fmt: skip
_OTHER = (
    "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
    "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn",
)  # fmt: skip
_HARMLESS = ("/dev/null",)


class Watch:
    """Notes of what was changed outside some folders, and of sockets and processes.

    Args:
        folders: Folders that may be changed, with everything in them.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = tuple(os.path.realpath(folder) for folder in folders)
        self._notes: list[str] = []
        self.on = False

    def start(self) -> None:
        """Begin; there is no way to take a hook away again, but it can be switched off."""
        sys.addaudithook(self._hook)
        self.on = True

    def taken(self) -> list[str]:
        """The notes since the last call."""
        notes, self._notes = self._notes, []
        return notes

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
            if writes or (isinstance(flags, int) and flags & _WRITING):
                self._note("opened for writing", path)
        elif event in _CHANGES:
            for place, folder in _CHANGES[event]:
                self._note(event, arguments[place], -1 if folder is None else arguments[folder])
        elif event in _OTHER:
            self._notes.append(f"{event}: {arguments[1:] if event.startswith('socket') else arguments[:1]}")

    def _note(self, what: str, path: object, folder: int = -1) -> None:
        if isinstance(path, int):
            return  # an open file, which was noted when it was opened
        named = os.fsdecode(path)  # type: ignore[arg-type]  # a path of any kind
        where = os.path.realpath(named if folder < 0 else f"/proc/self/fd/{folder}/{named}")
        if where in _HARMLESS or where.startswith(tuple(f"{folder}{os.sep}" for folder in self._folders)):
            return
        if where not in self._folders:
            self._notes.append(f"{what}: {where}")
