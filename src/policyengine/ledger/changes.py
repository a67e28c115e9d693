"""What a transaction changes besides moving credits; each change is a fact of its own."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from policyengine.ledger.holds import EstimateNote, Hold
from policyengine.ledger.lots import LotEnd, LotTerms
from policyengine.ledger.subscriptions import Given, Series, Subscription
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant
from policyengine.values.making import quickly_made

Outcome: TypeAlias = Literal["succeeded", "failed", "cancelled"]


@quickly_made
@dataclass(frozen=True, slots=True)
class LotOpened:
    """A lot comes into being; its credits arrive by a move from `issued`."""

    terms: LotTerms
    kind: Literal["lot_opened"] = "lot_opened"


@dataclass(frozen=True, slots=True)
class LotEnded:
    """A lot is over before its expiry."""

    lot_no: int
    end: LotEnd
    kind: Literal["lot_ended"] = "lot_ended"


@quickly_made
@dataclass(frozen=True, slots=True)
class HoldSet:
    """A hold is opened, extended or partly captured: this is what it is now."""

    hold: Hold
    kind: Literal["hold_set"] = "hold_set"


@quickly_made
@dataclass(frozen=True, slots=True)
class HoldClosed:
    """A hold is over."""

    hold_seq: int
    kind: Literal["hold_closed"] = "hold_closed"


@dataclass(frozen=True, slots=True)
class SubscriptionSet:
    """The wallet's plan, cycle or pending change is now this."""

    subscription: Subscription
    kind: Literal["subscription_set"] = "subscription_set"


@dataclass(frozen=True, slots=True)
class GivenNoted:
    """What a grant of the plan has given in its present period is now this."""

    given: Given
    kind: Literal["given_noted"] = "given_noted"


@dataclass(frozen=True, slots=True)
class GiftGiven:
    """A grant that comes once in a wallet's life has come."""

    rule: str
    kind: Literal["gift_given"] = "gift_given"


@dataclass(frozen=True, slots=True)
class SeriesSet:
    """A later or recurring grant is now this."""

    series: Series
    kind: Literal["series_set"] = "series_set"


@dataclass(frozen=True, slots=True)
class SeriesEnded:
    """A later or recurring grant is over."""

    series_no: int
    kind: Literal["series_ended"] = "series_ended"


@dataclass(frozen=True, slots=True)
class DebtChanged:
    """What the wallet owes grows or shrinks.

    `paid_until` is when the credits that repaid it would have expired; never, for an invoice.
    """

    by_micro: Micro
    how: Literal["lent", "repaid", "refunded", "forgiven", "invoiced"]
    paid_until: Instant = 0
    kind: Literal["debt_changed"] = "debt_changed"


@dataclass(frozen=True, slots=True)
class PaidDebtReturned:
    """A refund gives back debt that credits or an invoice had paid."""

    amount_micro: Micro
    kind: Literal["paid_debt_returned"] = "paid_debt_returned"


@quickly_made
@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What beside model, counts and outcome decided a price.

    `asked` is the model that the request named, where it is priced as another one. `plan` and
    `cohort` are the wallet's at the time. `modifiers` are in the order of their application.
    """

    asked: str = ""
    plan: str = ""
    cohort: str = ""
    modifiers: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Charged:
    """Usage was priced: what was used, its price, and what of it could be taken.

    `price_micro - charged_micro` is what the wallet could not pay and the policy let go.
    `tier` is the index of the tier that priced it. `flags` name the policy's rules of abnormal
    consumption that held. `terms` is None where model, counts and outcome alone decided the price.
    """

    model: str
    counts: tuple[tuple[str, int], ...]
    outcome: Outcome
    started_at: Instant
    rated_by: int
    price_micro: Micro
    charged_micro: Micro
    tier: int | None = None
    estimate: EstimateNote | None = None
    flags: tuple[str, ...] = ()
    terms: PriceTerms | None = None
    kind: Literal["charged"] = "charged"


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Abnormal consumption was reported: a case about a charge or a conversation."""

    about_seq: int | None
    conversation_id: str
    kind: Literal["case_opened"] = "case_opened"


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A case was closed."""

    case_seq: int
    verdict: Literal["explained", "refunded"]
    kind: Literal["case_closed"] = "case_closed"


@dataclass(frozen=True, slots=True)
class ForCase:
    """A refund was made for a case."""

    case_seq: int
    kind: Literal["for_case"] = "for_case"


@dataclass(frozen=True, slots=True)
class Referenced:
    """A document outside the ledger: a payment, an invoice."""

    reference: str
    kind: Literal["referenced"] = "referenced"


@quickly_made
@dataclass(frozen=True, slots=True)
class ForMember:
    """Which member of the wallet a request was for."""

    member: str
    kind: Literal["for_member"] = "for_member"


@quickly_made
@dataclass(frozen=True, slots=True)
class CapCounted:
    """What a name has used of a cap, until the end of its window, grows or shrinks."""

    cap: str
    name: str
    ends_at: Instant
    by_micro: Micro
    kind: Literal["cap_counted"] = "cap_counted"


@dataclass(frozen=True, slots=True)
class FellBack:
    """Another model took the place of the one that was asked for, and what that would have cost."""

    asked: str
    priced_as: str
    asked_price_micro: Micro
    kind: Literal["fell_back"] = "fell_back"


@dataclass(frozen=True, slots=True)
class OverageSet:
    """Overage is allowed in the wallet or not, perhaps up to a limit of its own."""

    on: bool
    limit_micro: Micro | None = None
    kind: Literal["overage_set"] = "overage_set"


@dataclass(frozen=True, slots=True)
class OverageChanged:
    """What is due for credits beyond the balance grows or shrinks; the price is per credit."""

    rule: str
    price: str
    currency: str
    by_micro: Micro
    how: Literal["lent", "released", "refunded", "invoiced"]
    kind: Literal["overage_changed"] = "overage_changed"


@dataclass(frozen=True, slots=True)
class TopUpSet:
    """Top-ups are allowed in the wallet or not."""

    on: bool
    kind: Literal["top_up_set"] = "top_up_set"


@dataclass(frozen=True, slots=True)
class TopUpRequested:
    """A purchase is asked for: whoever takes the money answers whether it was paid.

    No other one is asked for before `next_from`; this one counts until `forget_at`.
    """

    amount_micro: Micro
    pack: str
    next_from: Instant
    forget_at: Instant
    kind: Literal["top_up_requested"] = "top_up_requested"


@dataclass(frozen=True, slots=True)
class TopUpEnded:
    """A top-up was paid or failed; after a failure none is asked for before `next_from`."""

    top_up_seq: int
    how: Literal["paid", "failed"]
    next_from: Instant = 0
    kind: Literal["top_up_ended"] = "top_up_ended"


@dataclass(frozen=True, slots=True)
class ReRateNoted:
    """What use of the cycle that ends at `ends_at` would have cost more, or less, on a plan."""

    plan: str
    ends_at: Instant
    by_micro: Micro
    kind: Literal["re_rate_noted"] = "re_rate_noted"


@dataclass(frozen=True, slots=True)
class ReRated:
    """The use of a cycle was re-rated at an upgrade to a plan.

    `by_micro` is what it costs more, or below 0 less. Of what it costs more, `taken_micro` was
    taken; the rest was let go.
    """

    plan: str
    ends_at: Instant
    by_micro: Micro
    taken_micro: Micro
    rule: str
    kind: Literal["re_rated"] = "re_rated"


@dataclass(frozen=True, slots=True)
class SeatsSet:
    """How many seats the wallet has, and for how many this cycle has given credits."""

    seats: int
    given: int
    kind: Literal["seats_set"] = "seats_set"


Change: TypeAlias = (
    LotOpened
    | LotEnded
    | HoldSet
    | HoldClosed
    | SubscriptionSet
    | GivenNoted
    | GiftGiven
    | SeriesSet
    | SeriesEnded
    | DebtChanged
    | Charged
    | CaseOpened
    | CaseClosed
    | ForCase
    | Referenced
    | ForMember
    | CapCounted
    | FellBack
    | OverageSet
    | OverageChanged
    | TopUpSet
    | TopUpRequested
    | TopUpEnded
    | ReRateNoted
    | ReRated
    | SeatsSet
    | PaidDebtReturned
)
