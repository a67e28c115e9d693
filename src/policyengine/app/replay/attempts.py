"""One charge with the ways out that a wallet takes while its credits do not suffice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from policyengine.app.replay.mapping.document import Wallets
from policyengine.app.replay.ways import Account, bodies_for
from policyengine.engine.commands import Body, ChangePlan, Charge, Command
from policyengine.engine.decide import Decision

SHORT: Final = "insufficient_credits"


@dataclass(slots=True)
class Attempt:
    """A charge that is tried until it is answered for good: the first decision and the last.

    Keys of what follows the first one: its own key, `+` and a number. `has_run` where it ended as a
    request that has run already.
    """

    command: Command
    first: Decision
    last: Decision
    tries: int = 0
    has_run: bool = False

    @property
    def is_short(self) -> bool:
        """Tell whether the last answer refuses for want of credits."""
        refusal = self.last.answer.refusal
        return refusal is not None and refusal.code == SHORT

    @property
    def was_helped(self) -> bool:
        """Tell whether a way out let the charge go ahead after it was refused at first."""
        return self.tries > 0 and self.last.answer.refusal is None and not self.has_run

    def following(self, body: Body) -> Command:
        """Give the next command, under a key of its own."""
        self.tries += 1
        asked = self.command
        return Command(asked.wallet_id, f"{asked.key}+{self.tries}", asked.at, body, asked.actor)


def attempt(
    decide: Callable[[Command], Decision],
    command: Command,
    wallets: Wallets,
    account: Account,
    helped: Callable[[Decision, Body], None],
) -> Attempt:
    """Charge, and take the mapping's ways out one after the other while credits are short.

    Takes: what decides a command; what to tell of each command that was to help, and its answer.
    """
    decision = decide(command)
    tried = Attempt(command, decision, decision)
    if decision.answer.refusal is None or not tried.is_short:
        return tried
    for place, way in enumerate(wallets.when_short):
        refusal = tried.last.answer.refusal
        if refusal is None or not tried.is_short:
            return tried
        bodies = bodies_for(way, place, account, refusal)
        for body in bodies:
            answer = decide(tried.following(body))
            if isinstance(body, ChangePlan) and answer.answer.refusal is None:
                account.plan = body.plan
            helped(answer, body)
        if bodies:
            tried.last = decide(tried.following(command.body))
    body = command.body
    ends_after = wallets.when_short and wallets.still_short != "refuse"
    if ends_after and tried.is_short and isinstance(body, Charge):
        tried.has_run = True
        tried.last = decide(tried.following(replace(body, after_request=True)))
    return tried
