"""The JSON of a simulation as models: what machines may rely on, and the schema made from it.

Amounts are credits as plain decimals in text, counts are whole numbers, instants are UTC.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.app.reports.document import VERSION_SAID, Count, ReportPart, report_schema_text
from policyengine.simulate.comparing import Verdict

Decimals: TypeAlias = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]{1,6})?$")]
InstantText: TypeAlias = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z$")]
Sha256: TypeAlias = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RowsRead(ReportPart):
    """The rows of a usage file, and those that were left out: `skipped` by why."""

    read: Count
    skipped: dict[str, Count]
    repeated: Count
    bad: Count


class UsageOf(ReportPart):
    """What was simulated: a usage file with its rows, or a ledger with its entries."""

    source: str
    sha256: Sha256
    mapping: str | None
    wallets: Count
    rows: RowsRead | None = Field(default=None, description="Of a usage file.")
    entries: Count | None = Field(default=None, description="Of a ledger.")
    wallets_left_out: Count | None = Field(
        default=None, description="Of a ledger: the wallets of other policies."
    )


class VersionOf(ReportPart):
    """A version of a policy."""

    version: Count
    sha256: Sha256
    effective: InstantText


class SideOf(ReportPart):
    """A policy: where it was read, and its versions."""

    path: str
    policy: str
    always_in_force: bool
    versions: list[VersionOf]


class StratumOf(ReportPart):
    """Wallets of about one size."""

    wallets: Count
    taken: Count


class SampleOf(ReportPart):
    """The wallets that were simulated, where these were not all."""

    share_asked: str
    wallets: Count
    rows: Count | None = None
    entries: Count | None = None
    method: str
    confidence_percent: Count
    strata: list[StratumOf]


class CountBand(ReportPart):
    """A count, and the bounds between which the true one lies."""

    value: int
    low: int
    high: int


class AmountBand(ReportPart):
    """An amount of credits, and the bounds between which the true one lies."""

    value: Decimals
    low: Decimals
    high: Decimals


class CountFigure(ReportPart):
    """A count under both policies."""

    old: CountBand
    new: CountBand
    change: CountBand


class AmountFigure(ReportPart):
    """An amount of credits under both policies."""

    old: AmountBand
    new: AmountBand
    change: AmountBand


class Figures(ReportPart):
    """All figures, added up over wallets."""

    requests: CountFigure
    price: AmountFigure
    charged: AmountFigure
    refused: CountFigure
    holds_refused: CountFigure
    not_run: CountFigure
    moved_up: CountFigure
    added: AmountFigure
    expired: AmountFigure
    left: AmountFigure
    debt: AmountFigure
    cycles_out: CountFigure
    ran_out: CountFigure
    ran_out_before_renewal: CountFigure
    lost_unused: CountFigure
    refused_any: CountFigure


class WalletsOff(ReportPart):
    """How many wallets are better or worse off."""

    better: CountBand
    worse: CountBand
    same: CountBand


class UseOf(ReportPart):
    """Requests, and what they cost."""

    requests: Count
    refused: Count
    price: Decimals
    charged: Decimals


class UsesOf(ReportPart):
    """Use under both policies."""

    old: UseOf
    new: UseOf


class CountPair(ReportPart):
    """A count under both policies."""

    old: Count
    new: Count


class AmountPair(ReportPart):
    """An amount under both policies."""

    old: Decimals
    new: Decimals


class QuantileOf(ReportPart):
    """The change of price that so many percent of the wallets do not exceed."""

    percent: Count
    change: Decimals
    change_percent: Decimals | None


class Bin(ReportPart):
    """Wallets whose price changes by so much; null is no bound."""

    from_percent: Decimals | None
    to_percent: Decimals | None
    wallets: Count


class OutOf(ReportPart):
    """When a wallet ran out, and when it renews."""

    at: InstantText | None
    renews_at: InstantText | None
    cycles: Count


class RanOutWallet(ReportPart):
    """A wallet that ran out under either policy."""

    wallet: str
    old: OutOf | None
    new: OutOf | None


class RanOut(ReportPart):
    """The wallets that ran out; not all of many are listed."""

    wallets: Count
    listed: list[RanOutWallet]


class LargeChange(ReportPart):
    """A wallet whose price changes much."""

    wallet: str
    off: Verdict
    old: UseOf
    new: UseOf
    change: Decimals
    change_percent: Decimals | None


class ThisRun(ReportPart):
    """What differs from run to run."""

    milliseconds: Count
    workers: Count
    known: Count
    per_second: Count


class SimulationReport(ReportPart):
    """What `policyengine simulate --format json` prints."""

    format: Literal["policyengine-simulation"]
    version: Literal[1] = Field(description=VERSION_SAID)
    usage: UsageOf
    old: SideOf
    new: SideOf
    from_: InstantText = Field(alias="from")
    to: InstantText
    sample: SampleOf | None
    wallets: WalletsOff
    figures: Figures
    plans: dict[str, UsesOf]
    models: dict[str, UsesOf]
    refusals: dict[str, CountPair]
    opened: dict[str, AmountPair]
    quantiles: list[QuantileOf]
    distribution: list[Bin]
    ran_out: RanOut
    largest: list[LargeChange]
    this_run: ThisRun


def schema_text() -> str:
    """Write the schema of the JSON of `simulate` as it is checked in."""
    return report_schema_text(SimulationReport, "simulate")
