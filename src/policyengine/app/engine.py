"""The library's front: an engine on a ledger, with one method per verb."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from policyengine.app.arguments import checked
from policyengine.app.cases import Asked, Case, report
from policyengine.app.charge_request import ChargeRequest
from policyengine.app.committing import LANES, Committer
from policyengine.app.held import HeldCredits
from policyengine.app.inputs import (
    Credits,
    Moment,
    instant_from,
    maybe_usage,
    micro_from,
    number_in,
    span_from,
    split_id,
    texts_from,
    usage_from,
)
from policyengine.app.policies import Policies, usable_policies
from policyengine.app.receipts import Receipt
from policyengine.app.shell import Shell
from policyengine.app.sweeping import sweep
from policyengine.app.writing import Writing
from policyengine.engine.commands import (
    Adjust,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetCohort,
    Settle,
    Subscribe,
    VoidGrant,
)
from policyengine.engine.estimating import Estimate
from policyengine.ledger.changes import Outcome
from policyengine.ledger.lots import PRIORITY_DEFAULT, Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.store.clock import Clock, exact, wall_clock
from policyengine.store.happenings import Observer, Teller
from policyengine.store.rebuild import Rebuilt, rebuild
from policyengine.store.store import LedgerStore


class Engine(Writing):
    """Policies and a ledger: the verbs that backends call.

    Every verb that writes takes a `key` that names the attempt for ever: a retry with the same key
    and arguments gives the first answer and changes nothing. Without a key each call is an attempt
    of its own. A business refusal is a `Receipt` with a `refusal`, never an exception; use
    `Receipt.or_raise` where you want one. Amounts are `Decimal`, `int` or `str` credits going in,
    integer micro-credits coming out.
    """

    def __init__(self, shell: Shell) -> None:
        """Use `Engine.open`; a shell of one's own serves tests."""
        super().__init__(shell)

    @classmethod
    def open(
        cls,
        url: str,
        policies: str | Path | Policies = "policies",
        *,
        clock: Clock = wall_clock,
        create: bool = True,
        group_commit: bool = False,
        observer: Observer | None = None,
    ) -> Self:
        """Open a ledger with the policies that decide on it.

        Takes: `sqlite:///credits.db`, `postgresql://user@host/database`, or `sqlite://` for one in
        memory; a folder of policies; `group_commit` where many threads write: what they send is
        committed together; an `observer` that is told what happens, for counters and timings.
        Raises: PolicyError when a policy has an error; the store's faults when the file is no
        ledger, is newer than this library or cannot be written.
        """
        clock = exact(clock)
        loaded = policies if isinstance(policies, Policies) else usable_policies([Path(policies)])
        tell = Teller(observer)
        shell = Shell(LedgerStore.open(url, clock=clock, create=create, tell=tell), loaded, clock)
        if group_commit:
            lanes = 1 if shell.store.writes_one_by_one else LANES
            shell.committer = Committer(shell.now, lanes=lanes, tell=tell)
        return cls(shell)

    def within(self, seconds: float) -> Self:
        """Give this engine for callers in a hurry: `engine.within(0.2).charge(...)`.

        Takes: for how long a command may wait until it is decided, with `group_commit`.
        Raises: ValueError without `group_commit`. Verbs of what it gives raise DeadlinePassed
        when the time has passed before the command's turn came; then nothing was written.
        """
        return type(self)(self.shell.within(seconds))

    def close(self) -> None:
        """Close the ledger; with `group_commit`, what waits is written first."""
        self.shell.close()

    def __enter__(self) -> Self:
        """Use the engine as a context: it closes at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the ledger."""
        self.close()

    # Plans and packs

    def subscribe(
        self,
        wallet_id: str,
        plan: str,
        *,
        policy: str = "",
        cohort: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Open a wallet and join its first plan; `policy` where several are loaded.

        Takes: the `cohort` of the policy that the wallet is in, if any.
        """
        return self._do(wallet_id, Subscribe(plan, policy, cohort), key)

    def set_cohort(self, wallet_id: str, cohort: str, *, key: str | None = None) -> Receipt:
        """Put a wallet into a cohort of the policy, empty for none; it survives plan changes."""
        return self._do(wallet_id, SetCohort(cohort), key)

    def change_plan(self, wallet_id: str, plan: str, *, key: str | None = None) -> Receipt:
        """Move to another plan, as the policy says of upgrades and downgrades."""
        return self._do(wallet_id, ChangePlan(plan), key)

    def cancel(self, wallet_id: str, *, key: str | None = None) -> Receipt:
        """Leave the plan, as the policy says of cancelling."""
        return self._do(wallet_id, Cancel(), key)

    def buy_pack(
        self, wallet_id: str, pack: str, *, reference: str = "", key: str | None = None
    ) -> Receipt:
        """Add a pack; `reference` names the payment that happened elsewhere."""
        return self._do(wallet_id, BuyPack(pack, reference), key)

    # Grants by hand

    def grant(
        self,
        wallet_id: str,
        amount: Credits,
        *,
        priority: int = PRIORITY_DEFAULT,
        effective_at: Moment | None = None,
        expires_at: Moment | None = None,
        every: str | None = None,
        anchor_at: Moment | None = None,
        rollover: tuple[Credits, Credits] | None = None,
        models: Iterable[str] = (),
        units: Iterable[str] = (),
        reason: str = "",
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Give credits by hand, now or later, once or recurring.

        Takes: a lower `priority` is spent first; `every` such as `1 month` makes it recur from
        `anchor_at`; at each recurrence what is left becomes min(maximum, max(minimum, left)) by
        `rollover=(minimum, maximum)`, a refill to the amount without it. `models` and `units`
        restrict what the credits may pay for.
        """
        limits = None if rollover is None else Rollover(*[micro_from(each) for each in rollover])
        body = GiveGrant(
            micro_from(amount),
            priority,
            instant_from(effective_at),
            instant_from(expires_at),
            None if every is None else span_from(every),
            instant_from(anchor_at),
            limits,
            Restriction(texts_from("models", models), texts_from("units", units)),
        )
        return self._do(wallet_id, body, key, actor, reason)

    def void(
        self, grant_id: str, *, reason: str = "", actor: str = "", key: str | None = None
    ) -> Receipt:
        """Take back what is unused of a grant or purchase, and end its recurrences."""
        wallet_id, number = split_id(grant_id)
        return self._do(wallet_id, VoidGrant(number), key, actor, reason)

    def adjust(
        self,
        wallet_id: str,
        amount: Credits,
        *,
        reason: str,
        expires_at: Moment | None = None,
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Correct a balance by hand, up or down."""
        body = Adjust(micro_from(amount), instant_from(expires_at))
        return self._do(wallet_id, body, key, actor, reason)

    # Charges

    def charge(
        self,
        wallet_id: str,
        model: str,
        counts: Mapping[str, int],
        *,
        outcome: Outcome = "succeeded",
        started_at: Moment | None = None,
        after_request: bool = False,
        conversation: str = "",
        operation: str = "",
        member: str = "",
        estimate: Estimate | None = None,
        modifiers: Iterable[str] = (),
        key: str | None = None,
    ) -> Receipt:
        """Pay for a request at once.

        Takes: disjoint `counts` by unit, such as `{"text_input": 1200, "text_output": 400}`; the
        `modifiers` of the policy that hold for it, such as `["batch"]`;
        `after_request` where the request has already run, so that a shortfall follows
        `shortfall.after_request` of the policy instead of being refused; the `member` of the
        wallet that it is for, whose caps count it.
        """
        usage = usage_from(model, counts, outcome, started_at, modifiers)
        note = None if estimate is None else estimate.note
        body = Charge(usage, after_request, conversation, operation, note, member)
        return self._do(wallet_id, body, key)

    def charge_many(self, requests: Iterable[ChargeRequest]) -> list[Receipt]:
        """Charge many requests in one durable step, in order, each on its own merits."""
        return self.shell.now([checked(each.command) for each in requests])

    def refund(
        self,
        charge_id: str,
        amount: Credits | None = None,
        *,
        case_id: str | None = None,
        reason: str = "",
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Give back what a charge took, all of it or an amount, latest draw first."""
        wallet_id, number = split_id(charge_id)
        case = number_in(wallet_id, case_id)
        micro = None if amount is None else micro_from(amount)
        return self._do(wallet_id, Refund(number, micro, case), key, actor, reason)

    # Holds

    def hold(
        self,
        wallet_id: str,
        *,
        credits_held: Credits | None = None,
        model: str | None = None,
        counts: Mapping[str, int] | None = None,
        life: str | None = None,
        conversation: str = "",
        operation: str = "",
        member: str = "",
        estimate: Estimate | None = None,
        modifiers: Iterable[str] = (),
        key: str | None = None,
    ) -> HeldCredits:
        """Set credits aside for a request: an amount, or the price of expected `counts`.

        Gives: a receipt that is also a context; it releases the hold when the block fails or ends
        without a final capture.
        """
        usage = maybe_usage(model, counts, modifiers=modifiers)
        body = OpenHold(
            None if credits_held is None else micro_from(credits_held),
            usage,
            None if life is None else span_from(life),
            conversation,
            operation,
            None if estimate is None else estimate.note,
            member,
        )
        return HeldCredits(self._do(wallet_id, body, key), self.capture, self.release)

    def capture(
        self,
        hold_id: str,
        *,
        model: str | None = None,
        counts: Mapping[str, int] | None = None,
        amount: Credits | None = None,
        outcome: Outcome = "succeeded",
        final: bool = True,
        modifiers: Iterable[str] = (),
        key: str | None = None,
    ) -> Receipt:
        """Turn a hold into a charge for what was used; the final one releases the rest.

        Takes: the `modifiers` that hold for what was used; a hold's are not remembered.
        """
        wallet_id, number = split_id(hold_id)
        usage = maybe_usage(model, counts, outcome, modifiers)
        micro = None if amount is None else micro_from(amount)
        return self._do(wallet_id, Capture(number, usage, micro, final), key)

    def release(self, hold_id: str, *, key: str | None = None) -> Receipt:
        """Give a hold back."""
        wallet_id, number = split_id(hold_id)
        return self._do(wallet_id, Release(number), key)

    def extend(self, hold_id: str, by: str, *, key: str | None = None) -> Receipt:
        """Let a hold last longer: its end plus a span such as `10 minutes`."""
        wallet_id, number = split_id(hold_id)
        return self._do(wallet_id, Extend(number, span_from(by)), key)

    # Cases and time

    def report_abnormal(
        self,
        wallet_id: str,
        *,
        charge_id: str | None = None,
        conversation: str = "",
        reason: str = "",
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Open a case of abnormal consumption; the receipt's id is the case's."""
        about = number_in(wallet_id, charge_id)
        return self._do(wallet_id, ReportAbnormal(about, conversation), key, actor, reason)

    def resolve(
        self,
        case_id: str,
        verdict: Literal["explained", "refunded"],
        *,
        reason: str = "",
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Close a case."""
        wallet_id, number = split_id(case_id)
        return self._do(wallet_id, ResolveCase(number, verdict), key, actor, reason)

    def report(
        self,
        wallet_id: str,
        *,
        charge_id: str | None = None,
        conversation: str = "",
        refund_all: bool = False,
        reason: str = "",
        actor: str = "",
    ) -> Case:
        """Report abnormal consumption, have it priced again, and close the case at once.

        Takes: a charge, or a whole conversation; `refund_all` gives back all that it took.
        Gives: the case, closed as explained, or as refunded where something is given back: what
        exceeds the price of its time, and charges that repeat another one. Asked again, the same.
        """
        about = number_in(wallet_id, charge_id)
        asked = Asked(wallet_id, about, conversation, refund_all, reason, actor)
        return report(self.shell, asked)

    def rebuild(self) -> Rebuilt:
        """Make balances, lots and holds anew from the transactions; gives what was wrong."""
        with self.shell.store.writing() as session:
            return rebuild(session)

    def settle(self, wallet_id: str) -> Receipt:
        """Bring a wallet up to now: expiries, renewals and time-outs that are due."""
        return self._do(wallet_id, Settle(), None)

    def sweep(self, limit: int = 100_000) -> int:
        """Settle every wallet that is due; gives how many were."""
        return sweep(self.shell, limit)
