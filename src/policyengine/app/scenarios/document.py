"""A scenario file as a whole: scenarios about one rule, each given, when, then."""

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field

from policyengine.app.scenarios.then import Then
from policyengine.app.scenarios.verbs import (
    AdjustVerb,
    CaptureVerb,
    ChargeVerb,
    ConvertVerb,
    EstimateVerb,
    ExtendVerb,
    GrantVerb,
    HoldVerb,
    OverageVerb,
    RefundVerb,
    ReportVerb,
    ResolveVerb,
    TopUpVerb,
)
from policyengine.app.scenarios.words import At, CallerText, Title, WalletId
from policyengine.policy.document.words import Name, Part, Prose

SCENARIOS_MAX: Final = 100
STEPS_MAX: Final = 200
TIMES_MAX: Final = 1000
EXCUSED_MAX: Final = 100
EXCUSED_VALUES_MAX: Final = 50
WALLET_USUAL: Final = "ana"

Verb: TypeAlias = Literal[
    "subscribe",
    "set_cohort",
    "change_plan",
    "cancel",
    "buy_pack",
    "grant",
    "void",
    "charge",
    "hold",
    "capture",
    "release",
    "extend",
    "refund",
    "adjust",
    "report",
    "resolve",
    "overage",
    "top_up",
    "convert",
    "seats",
    "estimate",
    "again",
]

VERBS: Final[tuple[Verb, ...]] = get_args(Verb)


class Given(Part):
    """How a scenario begins: a wallet joins a plan."""

    at: At = Field(description="When it joins.", examples=["2026-02-01T00:00:00Z"])
    plan: Name = Field(description="The plan that it joins.", examples=["pro"])
    cohort: Name | None = Field(
        default=None,
        description="The cohort that the wallet is in. Absent: none.",
        examples=["annual"],
    )
    wallet: WalletId = Field(
        default=WALLET_USUAL, description="The wallet. Absent: `ana`.", examples=["ben"]
    )


class Step(Part):
    """What happens at an instant, and what is expected then; without a verb, time passes."""

    at: At | None = Field(
        default=None,
        description="When it happens. Absent: at the instant of the step before.",
        examples=["2026-02-28T23:59:59.999999Z"],
    )
    wallet: WalletId | None = Field(
        default=None, description="Whose step it is. Absent: the given wallet.", examples=["ben"]
    )
    subscribe: Name | None = Field(
        default=None, description="Join this plan, the wallet's first.", examples=["free"]
    )
    set_cohort: Name | None = Field(
        default=None,
        description="Put the wallet into this cohort, or `none`.",
        examples=["annual"],
    )
    change_plan: Name | None = Field(
        default=None, description="Move to this plan, up or down.", examples=["pro_plus"]
    )
    cancel: Literal["plan"] | None = Field(
        default=None, description="Leave the plan.", examples=["plan"]
    )
    buy_pack: Name | None = Field(default=None, description="Buy this pack.", examples=["pack_500"])
    grant: GrantVerb | None = Field(
        default=None, description="Give credits by hand.", examples=[{"credits": 100}]
    )
    void: Name | None = Field(
        default=None,
        description="Take back what is unused of a grant or purchase: the step that gave it.",
        examples=["grant_1"],
    )
    charge: ChargeVerb | None = Field(
        default=None,
        description="Pay for usage at once.",
        examples=[{"model": "standard", "used": {"text_input": 1000}}],
    )
    hold: HoldVerb | None = Field(
        default=None,
        description="Set credits aside, for an amount or for expected usage.",
        examples=[{"credits": 75}],
    )
    capture: CaptureVerb | None = Field(
        default=None,
        description="Turn a hold into a charge.",
        examples=[{"hold": "hold_1", "model": "standard", "used": {"text_input": 1000}}],
    )
    release: Name | None = Field(
        default=None,
        description="Give a hold back: the step that opened it.",
        examples=["hold_1"],
    )
    extend: ExtendVerb | None = Field(
        default=None,
        description="Let a hold last longer.",
        examples=[{"hold": "hold_1", "by": "15 minutes"}],
    )
    refund: RefundVerb | None = Field(
        default=None,
        description="Give back what a charge took.",
        examples=[{"of": "charge_1", "credits": 10}],
    )
    adjust: AdjustVerb | None = Field(
        default=None, description="Correct a balance by hand.", examples=[{"credits": -5}]
    )
    report: ReportVerb | None = Field(
        default=None,
        description="Report abnormal consumption.",
        examples=[{"about": "charge_1"}],
    )
    resolve: ResolveVerb | None = Field(
        default=None,
        description="Close a case of abnormal consumption.",
        examples=[{"case": "case_1", "verdict": "explained"}],
    )
    overage: OverageVerb | None = Field(
        default=None,
        description="Allow or forbid overage in the wallet.",
        examples=[{"allowed": True, "limit": 100}],
    )
    top_up: TopUpVerb | None = Field(
        default=None,
        description="Allow or forbid top-ups in the wallet, or answer one.",
        examples=[{"allowed": True}],
    )
    convert: ConvertVerb | None = Field(
        default=None,
        description="Turn units of an older scheme into credits.",
        examples=[{"unit": "messages", "count": 10}],
    )
    seats: Annotated[int, Field(ge=0, le=10**7)] | None = Field(
        default=None, description="Say how many seats the wallet has.", examples=[5]
    )
    estimate: EstimateVerb | None = Field(
        default=None,
        description="Ask what a request will cost; nothing is written.",
        examples=[{"model": "standard", "sent": {"text_input": 1000}}],
    )
    again: Name | None = Field(
        default=None,
        description="Send the request of this step once more, as a retry: the same answer must "
        "come, and nothing may change.",
        examples=["charge_1"],
    )
    named: Name | None = Field(
        default=None,
        alias="as",
        description="A name by which later steps refer to this one.",
        examples=["hold_1"],
    )
    times: Annotated[int, Field(ge=2, le=TIMES_MAX)] | None = Field(
        default=None,
        description="Do it so many times at the same instant, each an attempt of its own.",
        examples=[20],
    )
    key: CallerText | None = Field(
        default=None,
        description="The idempotency key. Absent: each step has a key of its own.",
        examples=["top-up-1"],
    )
    reference: CallerText | None = Field(
        default=None,
        description="The payment of a pack or top-up, or what a conversion rests on.",
        examples=["pay_123"],
    )
    by: CallerText | None = Field(
        default=None, description="Who does it.", examples=["support:mia"]
    )
    reason: CallerText | None = Field(
        default=None, description="Why it is done.", examples=["double charge, ticket 17"]
    )
    then: Then | None = Field(
        default=None, description="What is expected afterwards.", examples=[{"balance": 200}]
    )

    @property
    def verb(self) -> Verb | None:
        """Give what the step does; None where only time passes."""
        return next((verb for verb in VERBS if getattr(self, verb) is not None), None)


class Scenario(Part):
    """One case: how it begins, what happens, what is expected."""

    title: Title = Field(
        description="The rule that it shows, as a sentence; unique in the file.",
        examples=["a free credit cannot be spent at the instant it expires"],
    )
    given: Given | None = Field(
        default=None,
        description="The wallet that joins a plan before the first step.",
        examples=[{"at": "2026-02-01T00:00:00Z", "plan": "free"}],
    )
    steps: Annotated[list[Step], Field(min_length=1, max_length=STEPS_MAX)] = Field(
        description="What happens, in order of time.",
        examples=[[{"at": "2026-02-28T00:00:00Z", "then": {"balance": 300}}]],
    )


class Excused(Part):
    """A change of the policy that no scenario can notice, and why that is so."""

    fact: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The path of the fact in the policy.", examples=["charge.minimum"]
    )
    version: Annotated[int, Field(ge=1, le=10**6)] | None = Field(
        default=None, description="The version that it is about. Absent: all.", examples=[1]
    )
    to: Annotated[list[str], Field(min_length=1, max_length=EXCUSED_VALUES_MAX)] = Field(
        description="The values that would change nothing.", examples=[["0.00"]]
    )
    because: Prose = Field(
        description="Why they would change nothing.",
        examples=["Prices are rounded up to a hundredth, so that none lies below the minimum."],
    )


class ScenarioFile(Part):
    """A scenario file: scenarios about one rule of the policy in the folder above."""

    about: Prose = Field(
        description="The rule that the scenarios show.",
        examples=["Free credits last one month from the grant."],
    )
    excused: Annotated[list[Excused], Field(max_length=EXCUSED_MAX)] = Field(
        default_factory=list,
        description="Changes of the policy that `test --mutate` does not ask scenarios to notice.",
        examples=[
            [
                {
                    "fact": "charge.minimum",
                    "to": ["0.00"],
                    "because": "Prices are rounded up to a hundredth; none lies below the minimum.",
                }
            ]
        ],
    )
    scenarios: Annotated[list[Scenario], Field(min_length=1, max_length=SCENARIOS_MAX)] = Field(
        description="The scenarios.",
        examples=[
            [
                {
                    "title": "the free quota comes at once",
                    "given": {"at": "2026-02-01T00:00:00Z", "plan": "free"},
                    "steps": [{"then": {"balance": 300}}],
                }
            ]
        ],
    )
