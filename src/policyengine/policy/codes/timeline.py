"""PE4xx: the versions of a policy do not fit one after the other."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

TIMELINE_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE401": CodeInfo(
        title="a file of another policy",
        what="The files that are read together are versions of different policies.",
        why="versions of one policy follow each other; the subscribers of another one do not.",
        wrong="policy: acme    # in one file\npolicy: acne    # in the other",
        right="policy: acme    # in both files",
    ),
    "PE402": CodeInfo(
        title="a number that two versions have",
        what="Two files have the same `version`.",
        why="the ledger names the version that priced a request; it has to mean one file.",
        wrong="version: 2    # in both files",
        right="version: 2    # in one file\nversion: 3    # in the other",
    ),
    "PE403": CodeInfo(
        title="two versions that start at the same instant",
        what="Two files have the same `effective`, perhaps in different zones.",
        why="at each instant one version is in force.",
        wrong="effective: 2026-10-01T00:00:00Z         # version 2\n"
        "effective: 2026-10-01T08:00:00+08:00    # version 3",
        right="effective: 2026-10-01T00:00:00Z    # version 2\n"
        "effective: 2026-11-01T00:00:00Z    # version 3",
    ),
    "PE404": CodeInfo(
        title="versions that are not numbered in the order of time",
        what="A version starts before one with a lower number.",
        why="the higher number is the later version: it says what the subscribers of the one "
        "before get.",
        wrong="effective: 2026-11-01T00:00:00Z    # version 2\n"
        "effective: 2026-10-01T00:00:00Z    # version 3",
        right="effective: 2026-10-01T00:00:00Z    # version 2\n"
        "effective: 2026-11-01T00:00:00Z    # version 3",
    ),
    "PE405": CodeInfo(
        title="a version is missing",
        what="The numbers of the versions are not 1, 2, 3 and so on.",
        why="what the missing version said would be unknown to the wallets that it concerned.",
        wrong="version: 1    # in one file\nversion: 3    # in the other",
        right="version: 1    # in one file\nversion: 2    # in the other",
    ),
    "PE406": CodeInfo(
        title="a draft before a published version",
        what="A version is a draft, and a later one is published.",
        why="the published one was written to follow the draft, which may still change.",
        wrong="status: draft        # version 2\nstatus: published    # version 3",
        right="status: published    # version 2\nstatus: published    # version 3",
    ),
    "PE407": CodeInfo(
        title="subscribers without a plan",
        what="An earlier version has a plan that this one has not, somebody may still be on it, "
        "and `removed_plans` does not say which plan takes over. Those who keep old terms, and "
        "those whom an earlier version left alone, count as well.",
        why="at their next renewal they would have no plan.",
        wrong="plans: {free: {}, pro: {}}    # version 1\n"
        "plans: {free: {}}             # version 2",
        right="plans: {free: {}, pro: {}}              # version 1\n"
        "plans: {free: {}}                       # version 2\n"
        "replaces: {removed_plans: {pro: free}}  # version 2",
    ),
    "PE408": CodeInfo(
        title="a plan that nobody is on",
        what="`keep` or `removed_plans` names a plan that no earlier version has, or that an "
        "earlier version has handed over completely.",
        why="it concerns nobody; probably another plan was meant.",
        wrong="replaces: {removed_plans: {stater: free}}",
        right="replaces: {removed_plans: {starter: free}}",
    ),
    "PE409": CodeInfo(
        title="a gift that is given again under a new name",
        what="A one-time grant of a plan is gone, and one with a new name has come.",
        why="a wallet gets each one-time grant once in its life, and knows it by plan and name: "
        "under a new name all get it again.",
        wrong="grants: {welcome: {given: once}}    # version 1\n"
        "grants: {hello: {given: once}}      # version 2",
        right="grants: {welcome: {given: once}}    # version 1\n"
        "grants: {welcome: {given: once}}    # version 2",
    ),
    "PE410": CodeInfo(
        title="subscribers who never reach their next cycle",
        what="A plan without cycles is removed, or has cycles in the new version.",
        why="with `at_next_cycle` existing subscribers get a version's plans at their next cycle. "
        "Who is on a plan without cycles has none, and stays as they are.",
        wrong="plans: {free: {grants: {}}}                    # version 1\n"
        "plans: {free: {cycle: 1 month, grants: {}}}    # version 2",
        right="plans: {free: {grants: {}}}                        # version 1\n"
        "plans:                                             # version 2\n"
        "  free: {grants: {}}\n"
        "  free_monthly: {cycle: 1 month, grants: {}}",
    ),
    "PE411": CodeInfo(
        title="a promise that a later version ends",
        what="An earlier version lets subscribers keep their terms for a while, and this version "
        "starts before that while is over, without such an entry in its own `keep`.",
        why="each version decides anew who keeps what: these subscribers would get its terms at "
        "their next cycle.",
        wrong="replaces: {keep: [{plan: pro, until: 2027-01-01T00:00:00Z}]}    # version 2\n"
        "effective: 2026-12-01T00:00:00Z    # version 3, which keeps nothing",
        right="replaces: {keep: [{plan: pro, until: 2027-01-01T00:00:00Z}]}    # version 2\n"
        "replaces: {keep: [{plan: pro, until: 2027-01-01T00:00:00Z}]}    # version 3",
    ),
    "PE412": CodeInfo(
        title="a published version that changed",
        what="`policies.lock` has the hash of what this version said when it was published, and "
        "now it says something else, or is a draft again. Comments and layout do not count.",
        why="requests were priced by it, and the ledger names it by that hash: what it decided "
        "could not be derived any more.",
        wrong="status: published    # in version 1, which is locked\n"
        "models: {standard: {multiplier: 2}}    # was 1",
        right="version: 2    # a version of its own\n"
        "status: draft\nmodels: {standard: {multiplier: 2}}",
    ),
    "PE413": CodeInfo(
        title="a published version that is not locked",
        what="A version has `status: published`, there is a `policies.lock`, and it does not name "
        "this version.",
        why="what is not locked can be changed unseen.",
        wrong="status: published    # written by hand",
        right="status: draft    # and then `policyengine publish`",
    ),
    "PE414": CodeInfo(
        title="a published version whose file is gone",
        what="`policies.lock` names a version, and no file has it.",
        why="the ledger has transactions that it decided; without it they cannot be checked.",
        wrong="# policies.lock names versions 1 and 2; only v2.yaml is there",
        right="# policies.lock names versions 1 and 2; v1.yaml and v2.yaml are there",
    ),
    "PE415": CodeInfo(
        title="a lock that was changed",
        what="A line of `policies.lock` is no policy, version and hash, or says a thing twice, or "
        "is not what an earlier revision had.",
        why="lines are added by `policyengine publish`, and never changed: they are what versions "
        "are held to.",
        wrong="acme 1    # in policies.lock, without its hash",
        right="acme 1 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    "PE416": CodeInfo(
        title="something in use that is gone",
        what="The version before has a model, unit, modifier, cohort, pack, old unit or recurring "
        "grant that this one has not, and `why` does not name it.",
        why="requests that name it are refused from `effective` on, and subscribers miss it. The "
        "changelog is made of `why`.",
        wrong="why: Better prices.    # version 2, in which `frontier` is missing",
        right="why: Better prices; the model frontier is retired.",
    ),
    "PE417": CodeInfo(
        title="new terms at once in a cycle that ends otherwise",
        what="`plans: at_once` stands where a plan has another `cycle`, `cycle_from` or time zone "
        "than before, or a grant of it another `every`.",
        why="subscribers get the new terms in the cycle that is under way, and that is one of the "
        "old terms: it would have to end at two instants.",
        wrong="plans: {pro: {cycle: 1 month}}    # version 1\n"
        "plans: {pro: {cycle: 1 week}}     # version 2\nreplaces: {plans: at_once}",
        right="plans: {pro: {cycle: 1 month}}    # version 1\n"
        "plans: {pro: {cycle: 1 week}}     # version 2\nreplaces: {plans: at_next_cycle}",
    ),
}
