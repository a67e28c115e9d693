"""Timelines: the versions of one policy in order, and which of them says what, when, to whom."""

from bisect import bisect_right
from dataclasses import dataclass

from policyengine.policy.policy import GrantRule, PlanRule, Policy
from policyengine.values.calendar import Instant


@dataclass(frozen=True, slots=True)
class Timeline:
    """The versions of one policy; each is in force on [effective, the next one's effective)."""

    policies: tuple[Policy, ...]
    starts: tuple[Instant, ...]

    @classmethod
    def of(cls, *policies: Policy) -> "Timeline":
        """Order versions by their effective instants.

        Raises: ValueError without versions, for two names, or for equal instants or numbers.
        """
        ordered = tuple(sorted(policies, key=lambda each: each.effective_at))
        if not ordered or len({each.name for each in ordered}) != 1:
            raise ValueError("a timeline has one or more versions of one policy")
        starts = tuple(each.effective_at for each in ordered)
        numbers = [each.version for each in ordered]
        if len(set(starts)) != len(starts) or numbers != sorted(set(numbers)):
            raise ValueError(f"versions of `{ordered[0].name}` do not follow each other in time")
        return cls(ordered, starts)

    @property
    def name(self) -> str:
        """Give the policy's name."""
        return self.policies[0].name

    def at(self, instant: Instant) -> Policy | None:
        """Give the version in force at an instant; None before the first."""
        index = bisect_right(self.starts, instant)
        return self.policies[index - 1] if index else None

    def version(self, number: int) -> Policy | None:
        """Give a version by its number."""
        return next((each for each in self.policies if each.version == number), None)

    def plan_of(self, number: int, plan: str) -> PlanRule:
        """Give a plan as a version has it.

        Raises: LookupError when the timeline has no such version, or the version no such plan.
        """
        policy = self.version(number)
        if policy is None or plan not in policy.plans:
            raise LookupError(f"no version {number} of `{self.name}` has a plan `{plan}`")
        return policy.plans[plan]

    def giver(self, rule: str) -> tuple[PlanRule, GrantRule]:
        """Find the plan and grant that a ledger calls `v1.plans.pro.grants.monthly`.

        Raises: LookupError for another rule, or one of a version that the timeline has not.
        """
        version, _, of_version = rule.removeprefix("v").partition(".")
        policy = self.version(int(version)) if version.isdecimal() else None
        for plan in () if policy is None else policy.plans.values():
            for grant in plan.grants:
                if grant.rule == of_version:
                    return plan, grant
        raise LookupError(f"no version of `{self.name}` has `{rule}`")

    def terms_for(
        self, plan: str, version: int, joined_at: Instant, at: Instant
    ) -> tuple[Policy, str]:
        """Find the version and plan whose terms an existing subscriber gets from `at` on.

        Walks the versions that came into force after the subscriber's own, oldest first: each one's
        `replaces` says whether it takes the subscriber along, keeps the old terms for a while, or
        hands the plan over to another.

        Takes: the subscriber's plan and its version, when they joined the plan.
        Gives: the policy that has the plan's terms, and the plan's name in it.
        """
        current = self.version(version)
        if current is None:
            raise ValueError(f"policy `{self.name}` has no version {version}")
        for newer in self.policies:
            if newer.version <= current.version or newer.effective_at > at:
                continue
            rule = newer.replaces
            if rule is None or rule.plans == "new_subscribers_only":
                continue
            if any(
                keep.plan == plan and joined_at < keep.joined_before and at < keep.until
                for keep in rule.keep
            ):
                continue
            plan = rule.removed_plans.get(plan, plan)
            if plan in newer.plans:
                current = newer
        return current, plan
