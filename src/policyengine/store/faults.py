"""What can go wrong between the ledger and its database; none of these leaves a part written."""


class StoreFault(Exception):  # noqa: N818  # a fault of the file, the disk or the database
    """The database cannot do what was asked; nothing was written."""


class LedgerBusy(StoreFault):
    """Another process was writing for longer than the store waits; try again."""


class LedgerContended(LedgerBusy):
    """Two writers waited for each other, and the database let this one go; try again at once."""


class OutcomeUnknown(StoreFault):
    """The connection was lost, or the disk failed in a commit: all was written, or nothing.

    The same request with the same key finds out: it is answered as before, or executed now.
    """


class LedgerFull(StoreFault):
    """The disk is full."""


class LedgerReadOnly(StoreFault):
    """The file, its folder or its disk may not be written."""


class LedgerDamaged(StoreFault):
    """The file is not what was written to it."""


class NotALedger(StoreFault):
    """There is no ledger at this address."""


class LedgerTooNew(StoreFault):
    """The ledger was opened by a newer version, which changed its tables."""


class LedgerClosed(StoreFault):
    """The ledger was closed in this process; open it again."""


class LedgerMoved(StoreFault):
    """The file of an open ledger was deleted, moved or replaced; open it again."""


class StaleBook(Exception):  # noqa: N818  # not wrong, only late
    """A book was read before the wallet's latest transaction; read it again and decide again."""
