"""What people see of limits: overage, caps, top-ups, seats, old units; as a transcript."""

from pathlib import Path
from shutil import copytree
from typing import Any

from cli.terminal import Terminal

POLICIES = Path(__file__).parents[1] / "policies"
SCRIPT = """
at 2026-02-01T09:00:00Z
subscribe ana pro --policies limits/overage
overage ana on --limit 40 --policies limits/overage
charge ana -m standard -c text=120000 --member mia --policies limits/overage
charge ana -m standard -c text=30000 --policies limits/overage
balance ana --policies limits/overage
explain ana:3 --policies limits/overage
subscribe team pro --policies limits/caps --db caps.db
charge team -m standard -c text=25000 --member mia --policies limits/caps --db caps.db
hold team --amount 3 --member mia --policies limits/caps --db caps.db
charge team -m standard -c text=8000 --member mia --policies limits/caps --db caps.db
balance team --policies limits/caps --db caps.db
subscribe bo team --policies limits/top_ups --db top.db
seats bo 3 --policies limits/top_ups --db top.db
convert bo messages 20 --reference account-7 --policies limits/top_ups --db top.db
top-up bo on --policies limits/top_ups --db top.db
charge bo -m standard -c text=470000 --policies limits/top_ups --db top.db
balance bo --policies limits/top_ups --db top.db
top-up-paid bo:5 --reference pay_1 --policies limits/top_ups --db top.db
top-up-failed bo:5 --policies limits/top_ups --db top.db
verify --policies limits/top_ups --db top.db
"""


def test_limits_are_shown_as_they_were_before(empty: Terminal, transcript: Any) -> None:
    copytree(POLICIES, empty.folder / "limits")
    assert empty.play(SCRIPT) == transcript
