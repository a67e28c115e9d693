"""A wire that breaks: a proxy between a client and its server, which cuts connections at COMMIT."""

import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

Cut: TypeAlias = Literal["", "before", "during", "after"]
"""When to cut: before the server hears of the commit, while it commits, after its reply."""

CHUNK: Final = 65_536
_COMMIT: Final = b"COMMIT\0"  # whole: every `BEGIN` says `READ COMMITTED`


@dataclass(slots=True)
class Proxy:
    """Listens on 127.0.0.1, and forwards to a server's socket until it is told to cut."""

    socket_path: Path
    cut: Cut = ""
    cuts: int = 0
    _door: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self._start(self._listen)

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    def close(self) -> None:
        """Take no more connections, and wait for those that there are to end."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join()

    def _start(self, work: object, *arguments: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:  # the door is closed
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.socket_path))
            wire = Wire(self, client, server)
            self._start(wire.forward)
            self._start(wire.answer)


@dataclass(slots=True)
class Wire:
    """One connection through the proxy."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    is_cut_at_reply: bool = False

    def forward(self) -> None:
        """Carry what the client says."""
        while said := _heard(self.client):
            cut = self.proxy.cut if _COMMIT in said else ""
            if cut:
                self.proxy.cut = ""
                self.proxy.cuts += 1
            if cut == "before":
                break
            self.is_cut_at_reply = cut == "after"
            self.server.sendall(said)
            if cut == "during":
                break
        self.end()

    def answer(self) -> None:
        """Carry what the server says."""
        while said := _heard(self.server):
            if self.is_cut_at_reply:
                break
            try:
                self.client.sendall(said)
            except OSError:
                break
        self.end()

    def end(self) -> None:
        """Cut both sides."""
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other thread was faster
                continue
            finally:
                side.close()


def _heard(side: socket.socket) -> bytes:
    try:
        return side.recv(CHUNK)
    except OSError:
        return b""
