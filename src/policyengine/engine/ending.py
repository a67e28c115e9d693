"""Lots that end before their expiry: expired, withdrawn, or carried into another lot."""

from fractions import Fraction

from policyengine.engine.situation import Draft
from policyengine.ledger.book import Book
from policyengine.ledger.changes import LotEnded
from policyengine.ledger.lots import Lot, LotEnd, Pot
from policyengine.values.amounts import Micro, round_ratio
from policyengine.values.calendar import Instant


def cycle_lots(book: Book) -> list[Lot]:
    """Give the open lots that belong to the plan's cycle, oldest first."""
    return [
        lot
        for _, lot in sorted(book.lots.items())
        if lot.terms.cycle_bound and lot.is_open and lot.end is None
    ]


def held_after_carrying(book: Book, at: Instant) -> list[Lot]:
    """Give the lots that were carried until now and of which holds still set something aside."""
    return [
        lot
        for _, lot in sorted(book.lots.items())
        if lot.held and lot.end is not None and lot.end.carried_expires_at == at
    ]


def carry_held_on(draft: Draft, lot: Lot, expires: Instant) -> None:
    """Let what holds give back to a lot that was carried last as what is carried once more."""
    draft.change(LotEnded(lot.terms.no, LotEnd("carried", draft.at, expires)))


def end_lot(draft: Draft, lot: Lot, how: str, carried_expires_at: Instant | None = None) -> None:
    """End a lot now; what remains goes to `expired` or `withdrawn`, what is held stays held."""
    end = LotEnd(how, draft.at, carried_expires_at)  # type: ignore[arg-type]  # a listed way
    draft.change(LotEnded(lot.terms.no, end))
    target = "expired" if how == "expired" else "withdrawn"
    draft.move(lot.terms.no, "available", target, lot.remaining)  # type: ignore[arg-type]


def carry_lot(draft: Draft, lot: Lot, expires: Instant, *, times_kept: int | None = None) -> None:
    """Move what remains of a lot into a new one; what a hold gives back later follows it."""
    if expires <= draft.at:
        end_lot(draft, lot, "expired")
        return
    end_lot(draft, lot, "carried", expires)
    if lot.remaining:
        open_carried(draft, lot, lot.remaining, expires, times_kept=times_kept)


def carry_share(draft: Draft, lot: Lot, share: Fraction, expires: Instant) -> None:
    """Carry a share of what remains of a lot; the rest expires, with what holds give back later."""
    exact = lot.remaining * share
    quantum = draft.policy.quantum_micro
    part = round_ratio(exact.numerator, exact.denominator, quantum, "down")
    if not part or expires <= draft.at:
        end_lot(draft, lot, "expired")
        return
    draft.change(LotEnded(lot.terms.no, LotEnd("expired", draft.at)))
    draft.move(lot.terms.no, "available", "withdrawn", part)
    draft.move(lot.terms.no, "available", "expired", lot.remaining - part)
    open_carried(draft, lot, part, expires)


def open_carried(
    draft: Draft,
    lot: Lot,
    amount: Micro,
    expires: Instant,
    *,
    times_kept: int | None = None,
    priority: int | None = None,
) -> int:
    """Open the lot that carries credits of another one on."""
    return draft.open_lot(
        "carried",
        lot.terms.rule,
        amount,
        expires,
        priority=lot.terms.priority if priority is None else priority,
        restricted_to=lot.terms.restricted_to,
        cycle_bound=lot.terms.cycle_bound,
        rolls=lot.terms.rolls,
        times_kept=lot.terms.times_kept if times_kept is None else times_kept,
    )


def follow_end(draft: Draft, lot: Lot, source: Pot, amount: Micro) -> bool:
    """Send credits that come back to a lot where its others went when it was voided or carried.

    Gives: whether the lot ended in such a way, and what it was carried into has not expired.
    """
    end = lot.end
    if end is None or end.how == "expired":
        return False
    expires = end.carried_expires_at
    if expires is not None and expires <= draft.at:
        return False
    draft.move(lot.terms.no, source, "withdrawn", amount)
    if expires is not None:
        open_carried(draft, lot, amount, expires)
    return True
