"""Processes whose files may not grow, for `test_full.py`."""

import resource
from pathlib import Path

from faults.auditing import audit
from faults.hurting import agree, standing
from faults.running import forked, say, was_killed
from faults.story import Act, policies, story
from policyengine.app.shell import Shell
from policyengine.store.faults import OutcomeUnknown, StoreFault
from policyengine.store.store import LedgerStore

PAGE = 4096


def write_less_and_less(url: str, path: str, names: str) -> None:
    """Let files end at one size after the other while acts are executed, until there is room."""
    for act in story():
        room, is_through = 0, act.name not in names.split(",")
        while not is_through:
            with LedgerStore.open(url) as store:
                start = standing(store)
            ledger = Path(path).stat().st_size
            was_killed(forked(lambda act=act, most=room: _write(url, act, most)))  # type: ignore[misc]
            with LedgerStore.open(url) as store:
                is_through = standing(store) != start
                say(room=room, written=is_through, ledger=ledger, audit=audit(store))
            room += PAGE
        with LedgerStore.open(url) as store:
            assert agree(act, Shell(store, policies()).execute(act.commands))


def _write(url: str, act: Act, most: int) -> None:
    with LedgerStore.open(url) as store:
        standing(store)  # the index of the log has been made
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        try:
            Shell(store, policies()).execute(act.commands)
            say(answered=True)
        except StoreFault as error:
            say(fault=str(error), is_unknown=isinstance(error, OutcomeUnknown))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
