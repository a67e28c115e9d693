"""The language server that editors use for YAML, driven over stdio as an editor does."""

import fcntl
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import Any, Final

HERE: Final = Path(__file__).parent
LOCK_FILES: Final = ("package.json", "package-lock.json")
CACHE: Final = Path(sys.prefix) / "yaml-language-server"
"""Below `.venv`: installed once, and again when the lock changes."""
ANSWER_SECONDS: Final = 60
INSTALL_SECONDS: Final = 300


def installed() -> Path:
    """Install the locked server with npm, unless it is there; gives its program.

    Of several runs at once one installs, and the others wait for it.
    """
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with CACHE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed()


def _installed() -> Path:
    wanted = b"".join((HERE / name).read_bytes() for name in LOCK_FILES)
    program = CACHE / "node_modules/yaml-language-server/bin/yaml-language-server"
    stamp = CACHE / "stamp"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return program
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir()
    for name in LOCK_FILES:
        shutil.copy(HERE / name, CACHE)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],  # noqa: S607  # npm comes with the node that was looked for
        cwd=CACHE,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm cannot install the language server: {done.stderr}")
    stamp.write_bytes(wanted)
    return program


class LanguageServer:
    """A running server, and the files that were opened in it."""

    def __init__(self, program: Path, root: Path) -> None:
        """Start it for a folder."""
        self._process = subprocess.Popen(  # noqa: S603  # our own lock
            ["node", program, "--stdio"],  # noqa: S607  # the node that was looked for
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(root)},
        )
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._ids = 0
        self._found: dict[str, list[dict[str, Any]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True},
        }
        folder = {"uri": root.as_uri(), "name": root.name}
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=root.as_uri(),
            workspaceFolders=[folder],
            capabilities=capabilities,
        )
        self._tell("initialized")

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def open(self, file: Path) -> list[dict[str, Any]]:
        """Open a file; gives what the server finds in it."""
        uri = file.as_uri()
        self._found.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": file.read_text()}
        self._tell("textDocument/didOpen", textDocument=document)
        while uri not in self._found:
            self._take(ANSWER_SECONDS)
        return self._found[uri]

    def ask(self, method: str, **params: Any) -> Any:
        """Ask something; gives the answer."""
        self._ids += 1
        asked = self._ids
        self._send({"id": asked, "method": method, "params": params})
        until = monotonic() + ANSWER_SECONDS
        while True:
            message = self._take(until - monotonic())
            if message.get("id") == asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def completions(self, file: Path, line: int, column: int) -> set[str]:
        """Ask what may stand at a place, counted from 1 as in findings."""
        found = self.ask("textDocument/completion", **_at(file, line, column))
        return {each["label"] for each in (found or {"items": []})["items"]}

    def hover(self, file: Path, line: int, column: int) -> str:
        """Ask what stands at a place."""
        found = self.ask("textDocument/hover", **_at(file, line, column))
        return str(found["contents"]["value"]) if found else ""

    def _take(self, seconds: float) -> dict[str, Any]:
        """Take a message; what the server asks is answered, what it tells is kept."""
        message = self._messages.get(timeout=max(seconds, 0.01))
        method = message.get("method")
        if method == "textDocument/publishDiagnostics":
            self._found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif method is not None and "id" in message:
            answer = None
            if method == "workspace/configuration":
                # Only what the file names counts: no catalogue from the network.
                settings: dict[str, Any] = {"schemaStore": {"enable": False}, "validate": True}
                settings |= {"hover": True, "completion": True}
                answer = [
                    settings if each.get("section") == "yaml" else {}
                    for each in message["params"]["items"]
                ]
            self._send({"id": message["id"], "result": answer})
        return message

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline().strip()) or not length:
                if not line:
                    return
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self._messages.put(json.loads(stream.read(length)))


def _at(file: Path, line: int, column: int) -> dict[str, Any]:
    place = {"line": line - 1, "character": column - 1}
    return {"textDocument": {"uri": file.as_uri()}, "position": place}
