"""The reference policy and books that the benchmarks stand on."""

from pathlib import Path

from policyengine.app.policies import usable_policies
from policyengine.engine.commands import (
    Capture,
    Charge,
    Command,
    GiveGrant,
    OpenHold,
    Subscribe,
    Usage,
)
from policyengine.engine.decide import decide
from policyengine.ledger.book import Book
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import parse_instant

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "policies" / "codeflicker"
START = parse_instant("2026-02-01T00:00:00Z")
COUNTS = {"text_input": 1200, "text_cached": 500, "text_output": 400}
USAGE = Usage.of("standard", COUNTS)


def timeline() -> Timeline:
    """Load the reference policy's timeline."""
    return usable_policies([FOLDER]).timelines["codeflicker"]


def funded_book(rules: Timeline, wallet_id: str = "ana", lots: int = 5) -> Book:
    """Give a book with a plan and as many lots as asked, the plan's among them."""
    opening = Command(wallet_id, "join", START, Subscribe("pro"))
    book = decide(rules, Book(wallet_id, rules.name), opening).book
    for number in range(lots - 1):
        grant = GiveGrant(10**15, priority=60 + number)
        book = decide(rules, book, Command(wallet_id, f"grant-{number}", START, grant)).book
    return book


def charge(number: int, wallet_id: str = "ana") -> Command:
    """Give a charge with a key of its own."""
    body = Charge(USAGE, conversation_id="c-1")
    return Command(wallet_id, f"charge-{number}", START + number, body)


def hold(number: int, wallet_id: str = "ana") -> Command:
    """Give a hold for the reference request, with a key of its own."""
    body = OpenHold(usage=USAGE, conversation_id="c-1")
    return Command(wallet_id, f"hold-{number}", START + number, body)


def capture(number: int, hold_seq: int, wallet_id: str = "ana") -> Command:
    """Give the capture of a hold, with a key of its own."""
    return Command(wallet_id, f"capture-{number}", START + number, Capture(hold_seq, USAGE))
