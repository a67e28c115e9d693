"""The policy versions that the ledger remembers: their numbers, their sources, and their seal."""

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

from sqlalchemy import bindparam, select

from policyengine.ledger.book import LedgerFault
from policyengine.ledger.chain import genesis, link
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.columns import SOURCE_LENGTH_MAX
from policyengine.store.driver import Driver, Row
from policyengine.store.statements import Statements
from policyengine.store.tables import LEDGER, POLICY_VERSION
from policyengine.values.calendar import Instant

BY_REF: Final = select(POLICY_VERSION.c.id, POLICY_VERSION.c.source).where(
    POLICY_VERSION.c.name == bindparam("name"),
    POLICY_VERSION.c.version == bindparam("version"),
    POLICY_VERSION.c.sha256 == bindparam("sha256"),
)
BY_ID: Final = select(
    POLICY_VERSION.c.name, POLICY_VERSION.c.version, POLICY_VERSION.c.sha256
).where(POLICY_VERSION.c.id == bindparam("policy"))
SEAL: Final = select(LEDGER.c.policies, LEDGER.c.policies_hash).with_for_update(key_share=True)


@dataclass(frozen=True, slots=True)
class PolicyNumbers:
    """Policy references and their numbers in one ledger, as far as they have been asked for."""

    ids: dict[PolicyRef, int] = field(default_factory=dict)
    refs: dict[int, PolicyRef] = field(default_factory=dict)

    def add(self, ref: PolicyRef, number: int) -> None:
        """Note a number."""
        self.ids[ref] = number
        self.refs[number] = ref

    def take(self, other: "PolicyNumbers") -> None:
        """Note all numbers that another one has."""
        self.ids.update(other.ids)
        self.refs.update(other.refs)


class Policies:
    """What one session knows of policies; shared with others only once it is committed."""

    __slots__ = ("_driver", "_learned", "_shared", "_statements")

    def __init__(self, driver: Driver, statements: Statements, shared: PolicyNumbers) -> None:
        """Start from what earlier sessions have learned."""
        self._driver = driver
        self._statements = statements
        self._shared = shared
        self._learned = PolicyNumbers()

    def share(self) -> None:
        """Hand what was learned to later sessions: what was read or written is committed."""
        self._shared.take(self._learned)

    def number(self, ref: PolicyRef) -> int:
        """Give the number of a policy version.

        Raises: LedgerFault when the ledger does not remember it.
        """
        known = self._shared.ids.get(ref) or self._learned.ids.get(ref)
        if known is not None:
            return known
        row = self._row(ref)
        if row is None:
            raise LedgerFault(
                f"policy `{ref.name}` version {ref.version} ({ref.sha256[:12]}) decided, "
                "but the ledger does not remember it"
            )
        self._learned.add(ref, row[0])
        return int(row[0])

    def ref(self, number: int) -> PolicyRef:
        """Give the policy version that has a number.

        Raises: LedgerFault when there is none, which foreign keys rule out.
        """
        known = self._shared.refs.get(number) or self._learned.refs.get(number)
        if known is not None:
            return known
        row = self._driver.one(self._statements.of(BY_ID), policy=number)
        if row is None:
            raise LedgerFault(f"there is no policy version number {number}")
        found = PolicyRef(row[0], row[1], row[2])
        self._learned.add(found, number)
        return found

    def source(self, ref: PolicyRef) -> str:
        """Give the text of a policy version.

        Raises: LedgerFault when the ledger does not remember it.
        """
        row = self._row(ref)
        if row is None:
            raise LedgerFault(f"the ledger does not remember `{ref.name}` version {ref.version}")
        return str(row[1])

    def remember(self, ref: PolicyRef, source: str, recorded_at: Instant) -> None:
        """Keep the text of a policy version; once, however often it is said.

        Raises: LedgerFault for another text under the same reference, or one that is too long.
        """
        if len(source) > SOURCE_LENGTH_MAX:
            raise LedgerFault(f"policy `{ref.name}` is longer than {SOURCE_LENGTH_MAX} characters")
        row = self._row(ref)
        if row is not None and row[1] != source:
            raise LedgerFault(
                f"policy `{ref.name}` version {ref.version} ({ref.sha256[:12]}) "
                "was remembered with another text"
            )
        if row is None:
            self._append(ref, source, recorded_at)

    def _row(self, ref: PolicyRef) -> Row | None:
        return self._driver.one(
            self._statements.of(BY_REF), name=ref.name, version=ref.version, sha256=ref.sha256
        )

    def _append(self, ref: PolicyRef, source: str, recorded_at: Instant) -> None:
        seal = self._driver.one(self._statements.of(SEAL))
        if seal is None:
            raise LedgerFault("the ledger has lost the row that names it")
        if self._row(ref) is not None:
            return  # another writer was faster, before the row above was ours
        count, head = seal
        number = count + 1
        fields = (number, ref.name, ref.version, ref.sha256, source, engine_version(), recorded_at)
        sealed = policy_link(head, fields)
        self._driver.many(self._statements.insert_policy, [(*fields, sealed)])
        self._driver.many(self._statements.seal_policies, [(number, sealed, count)])
        self._learned.add(ref, number)


def engine_version() -> str:
    """Give the version of the distribution that decides now."""
    return version("policyengine-credits")


def policy_genesis(ledger_id: str, created_at: Instant) -> bytes:
    """Give the hash before the first policy version; it binds which ledger this is."""
    return genesis("policies", ledger_id, created_at)


def policy_link(previous: bytes, row: Row) -> bytes:
    """Give the hash of a policy version's row but for its hash, after the one before it."""
    return link(previous, row)
