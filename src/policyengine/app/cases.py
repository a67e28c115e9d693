"""Cases of abnormal consumption: reported, priced again, then explained or refunded at once.

Everything is on the ledger: the report, each refund with the case in its reason, the verdict.
Each step has a key that follows from what is reported, so asking again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from policyengine.app.reading import NotFound
from policyengine.app.receipts import Receipt
from policyengine.app.repricing import Repriced, StoredPolicies
from policyengine.app.shell import Shell
from policyengine.engine.commands import Body, Command, Refund, ReportAbnormal, ResolveCase
from policyengine.ledger.changes import CaseClosed, Charged
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.store.sessions import ReadSession
from policyengine.values.amounts import Micro, credits_text
from policyengine.values.canonical import sha256_hex

CHARGES_MAX: Final = 10_000
"""The most transactions of a conversation that one case looks at."""
_PAGE: Final = 500

Verdict: TypeAlias = Literal["explained", "refunded"]
Kind: TypeAlias = Literal["as_charged", "repeated", "overcharged", "undercharged", "unpriced"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a case found of one charge.

    `left_micro` is what the charge took less what was given back before this case; `due_micro` is
    what of it is to be given back, and `why` says in words what was found.
    """

    repriced: Repriced
    kind: Kind
    left_micro: Micro
    due_micro: Micro
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its end. `was_known`: it was asked before, and this is the same case.

    `refusal` is set, and nothing else, where there is nothing to report.
    """

    report: Transaction
    findings: tuple[Finding, ...]
    refunds: tuple[Receipt, ...]
    verdict: Verdict
    sentence: str
    was_known: bool = False
    refusal: Refusal | None = None

    @property
    def id(self) -> str:
        """Give the case's id."""
        return self.report.id

    @property
    def refunded_micro(self) -> Micro:
        """Give what the case gave back."""
        return sum(refunded_by(each.transaction) for each in self.refunds)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is reported: a charge by its number, or a whole conversation."""

    wallet_id: str
    charge_seq: int | None = None
    conversation: str = ""
    refund_all: bool = False
    reason: str = ""
    actor: str = ""


def refunded_by(transaction: Transaction) -> Micro:
    """Give what a transaction gave back."""
    return sum(move.amount_micro for move in transaction.moves if move.source == "consumed")


def report(shell: Shell, asked: Asked) -> Case:
    """Open a case, price its charges again, and close it as explained or refunded.

    Gives: the case; asked again, the same one. With `refund_all` everything that its charges took
    is given back; otherwise what was taken beyond the price, and charges that repeat another one.
    Raises: NotFound for a conversation without a charge.
    """
    with shell.store.reading() as session:
        related = _related(session, asked)
        if asked.charge_seq is None and not related:
            raise NotFound(
                f"wallet `{asked.wallet_id}` has no charge in conversation `{asked.conversation}`"
            )
        key = _key(asked, related)
        known = session.answered([(asked.wallet_id, key)]).get((asked.wallet_id, key))
    if known is None:
        body = ReportAbnormal(asked.charge_seq, asked.conversation)
        opened = _do(shell, asked, key, body, asked.reason)
        if opened.refusal is not None:
            return Case(opened.transaction, (), (), "explained", "", refusal=opened.refusal)
        case = opened.transaction
    else:
        case = known
    with shell.store.reading() as session:
        findings = _findings(session, shell, asked, related, case)
    refunds = tuple(_refund(shell, asked, case, each) for each in findings if each.due_micro)
    refunds = tuple(each for each in refunds if each.is_accepted)
    verdict: Verdict = "refunded" if refunds else "explained"
    sentence = sentence_of(findings, refunds)
    closed = _close(shell, asked, case, verdict, sentence)
    return Case(
        case,
        findings,
        refunds,
        _verdict(closed, verdict),
        closed.transaction.reason or sentence,
        known is not None,
    )


def _do(shell: Shell, asked: Asked, key: str, body: Body, reason: str) -> Receipt:
    return shell.now([Command(asked.wallet_id, key, 0, body, asked.actor, reason)])[0]


def _related(session: ReadSession, asked: Asked) -> tuple[Transaction, ...]:
    """Give the charges of what is reported, and of the conversation that a charge is part of."""
    conversation = asked.conversation
    charge: tuple[Transaction, ...] = ()
    if asked.charge_seq is not None:
        name = (asked.wallet_id, asked.charge_seq)
        named = session.named([name]).get(name)
        if named is None:
            return ()
        conversation = named.transaction.conversation_id
        charge = (named.transaction,)
    if not conversation:
        return charge
    found: list[Transaction] = []
    while len(found) < CHARGES_MAX:
        page = session.transactions(
            asked.wallet_id,
            after_seq=found[-1].seq if found else 0,
            conversation_id=conversation,
            kinds=("charge", "capture"),
            limit=_PAGE,
        )
        found += [each.transaction for each in page]
        if len(page) < _PAGE:
            break
    return tuple(each for each in found if change_of(each, Charged) is not None)


def _key(asked: Asked, related: Sequence[Transaction]) -> str:
    """Name what is reported; a conversation that has gone on since is another case."""
    if asked.charge_seq is not None:
        about = str(asked.charge_seq)
    else:
        last = related[-1].seq if related else 0
        about = f"{sha256_hex(asked.conversation.encode('utf-8', 'replace'))[:16]}:{last}"
    return f"report:{about}:all" if asked.refund_all else f"report:{about}"


def _findings(
    session: ReadSession,
    shell: Shell,
    asked: Asked,
    related: Sequence[Transaction],
    case: Transaction,
) -> tuple[Finding, ...]:
    policies = StoredPolicies(session, dict(shell.policies.timelines))
    about = [each for each in related if asked.charge_seq in {None, each.seq}]
    names = [(asked.wallet_id, each.seq) for each in about]
    named = session.named(names)
    findings: list[Finding] = []
    for transaction in about:
        charge: Charged = change_of(transaction, Charged)
        corrections = named[(asked.wallet_id, transaction.seq)].corrections
        before = sum(refunded_by(each) for each in corrections if each.seq < case.seq)
        left = charge.charged_micro - before
        again = policies.reprice(transaction, charge)
        kind, over, why = _judged(again, _repeated(transaction, related))
        due = left if asked.refund_all else min(over, left)
        findings.append(Finding(again, kind, left, due, why))
    return tuple(findings)


def _repeated(transaction: Transaction, related: Sequence[Transaction]) -> Transaction | None:
    """Find the earlier charge that a charge repeats: the same operation, model and counts."""
    if transaction.kind != "charge" or not transaction.operation_id:
        return None
    charge: Charged = change_of(transaction, Charged)
    for earlier in related:
        if earlier.seq >= transaction.seq:
            return None
        other: Charged = change_of(earlier, Charged)
        is_equal = (other.model, other.counts, other.outcome) == (
            charge.model,
            charge.counts,
            charge.outcome,
        )
        is_same_operation = earlier.operation_id == transaction.operation_id
        if is_equal and is_same_operation and earlier.kind == "charge":
            return earlier
    return None


def _judged(again: Repriced, repeats: Transaction | None) -> tuple[Kind, Micro, str]:
    """Say what is the matter with a charge, and how much of it should not have been taken."""
    charge = again.charge
    charged = credits_text(charge.charged_micro)
    if repeats is not None:
        why = f"repeats `{repeats.id}`: the same operation, model and counts"
        return "repeated", charge.charged_micro, why
    if again.price_micro is None:
        return "unpriced", 0, f"cannot be priced again: {again.why}"
    if again.is_as_charged:
        return "as_charged", 0, "; ".join(["priced as charged", *charge.flags])
    price = credits_text(again.price_micro)
    over = max(0, charge.charged_micro - again.price_micro)
    return "overcharged" if over else "undercharged", over, f"cost {charged}, its price is {price}"


def _refund(shell: Shell, asked: Asked, case: Transaction, finding: Finding) -> Receipt:
    target = finding.repriced.transaction.seq
    body = Refund(target, finding.due_micro, case.seq)
    why = "given back on request" if finding.kind == "as_charged" else finding.why
    reason = f"case {case.id}: {why}"
    return _do(shell, asked, f"case:{case.seq}:refund:{target}", body, reason)


def _close(
    shell: Shell, asked: Asked, case: Transaction, verdict: Verdict, sentence: str
) -> Receipt:
    """Close a case, or give the closing that it has had."""
    key = f"case:{case.seq}:close"
    with shell.store.reading() as session:
        closed = session.answered([(asked.wallet_id, key)]).get((asked.wallet_id, key))
    if closed is not None:
        return Receipt(closed, is_replay=True)
    return _do(shell, asked, key, ResolveCase(case.seq, verdict), sentence)


def _verdict(closed: Receipt, meant: Verdict) -> Verdict:
    change: CaseClosed | None = change_of(closed.transaction, CaseClosed)
    return meant if change is None else change.verdict


def sentence_of(findings: Sequence[Finding], refunds: Sequence[Receipt]) -> str:
    """Say in one sentence what a case found and did."""
    price = credits_text(sum(each.repriced.price_micro or 0 for each in findings))
    versions = sorted({each.repriced.charge.rated_by for each in findings})
    under = "version " + ", ".join(str(each) for each in versions)
    what = "the charge" if len(findings) == 1 else f"{len(findings)} charges"
    parts = [f"{what} priced again under {under}: {price} credits"]
    if all(each.repriced.is_as_charged for each in findings):
        parts[0] += ", as charged"
    parts += [
        f"`{each.repriced.transaction.id}` {each.why}"
        for each in findings
        if each.kind != "as_charged"
    ]
    flagged = sum(1 for each in findings if each.repriced.charge.flags)
    if flagged:
        parts.append(f"{flagged} flagged as abnormal")
    back = sum(refunded_by(each.transaction) for each in refunds)
    if back:
        parts.append(f"{credits_text(back)} credits given back")
    return "; ".join(parts)
