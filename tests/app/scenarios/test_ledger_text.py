"""The ledger as text: every transaction, move and lot in columns, the same each time."""

from app.scenarios.playing import run, timeline
from policyengine.app.scenarios.document import Step
from policyengine.app.scenarios.ledger_text import ledger_text
from policyengine.app.scenarios.stage import Stage

STEPS = """
- at: 2026-02-28T23:59:59.999999Z
  as: charge_1
  charge: {model: standard, used: {text_input: 1000000}, conversation: c-1}
  then: {balance: 200}
- at: 2026-03-01T00:00:00Z
  charge: {model: standard, used: {text_input: 1000000}}
  then: {refused: insufficient_credits}
- wallet: ben
  subscribe: pro
"""

LEDGER = """\
a test

wallet ana
  no  time                         what       credits  balance  policy  why
   1  2026-02-01T00:00:00Z         subscribe  +300.00   300.00  v1      plan free of v1
        lot 1, gift                  300.00                             issued > available, \
v1.plans.free.grants.welcome
   2  2026-02-28T23:59:59.999999Z  charge     -100.00   200.00  v1      standard: 1,000,000 \
text_input = 100.00; conversation c-1
        lot 1, gift                  100.00                             available > consumed
   3  2026-03-01T00:00:00Z         expire     -200.00     0.00  v1
        lot 1, gift                  200.00                             available > expired
   4  2026-03-01T00:00:00Z         charge                 0.00  v1      refused, \
insufficient_credits: needs 100.00, 0.00 available, 100.00 short

  lot  source  granted  left  held   spent  expired  withdrawn  expires               rule
    1  gift     300.00  0.00  0.00  100.00   200.00       0.00  2026-03-01T00:00:00Z  \
v1.plans.free.grants.welcome

wallet ben
  no  time                  what          credits   balance  policy  why
   1  2026-03-01T00:00:00Z  subscribe   +2,000.00  2,000.00  v1      plan pro of v1, cycle \
2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z
        lot 1, plan           2,000.00                               issued > available, \
v1.plans.pro.grants.monthly

  lot  source   granted      left  held  spent  expired  withdrawn  expires               rule
    1  plan    2,000.00  2,000.00  0.00   0.00     0.00       0.00  2026-04-01T00:00:00Z  \
v1.plans.pro.grants.monthly
"""


def why(steps: str, given: str = "{at: 2026-02-01T00:00:00Z, plan: pro}") -> list[str]:
    """The last column of each transaction."""
    ledger = run(steps + "\n- then: {debt: 0}", given).ledger
    rows = ledger.split("\n\n")[1].splitlines()[1:]
    start = rows[0].index("why")
    return [row[start:] for row in rows[1:] if row[:4].strip()]


def test_the_ledger_of_a_scenario_is_written_in_columns() -> None:
    assert run(STEPS).ledger == LEDGER


def test_a_ledger_without_wallets_says_so() -> None:
    assert ledger_text("a test", Stage.of(timeline()).ledger) == "a test\n\nno wallet was opened\n"


def test_a_charge_says_what_was_not_usual_about_it() -> None:
    steps = """
- at: 2026-10-01T00:00:00Z
  charge:
    model: frontier
    used: {text_input: 200001}
    started_at: 2026-09-30T00:00:00Z
- charge: {model: lite, used: {text_input: 1}, outcome: failed}
- charge: {model: standard, used: {text_input: 20000000}, after_request: true}
"""
    given = "{at: 2026-09-15T00:00:00Z, plan: pro}"
    assert why(steps, given)[1:] == [
        "frontier: 200,001 text_input = 240.01, tier 1, priced by v1",
        "lite: 1 text_input = 0.00, failed",
        "standard: 20,000,000 text_input = 2,000.00, 1,759.99 taken",
    ]


def test_holds_changes_cases_and_grants_are_said_in_words() -> None:
    steps = """
- as: hold_1
  hold: {credits: 75}
- as: capture_1
  capture: {hold: hold_1, credits: 25}
- as: case_1
  report: {about: capture_1}
  by: user:ana
- resolve: {case: case_1, verdict: explained}
  by: support:mia
  reason: as the price list says
- buy_pack: pack_500
  reference: pay_123
- as: grant_1
  grant: {credits: 50, every: 1 week, only_for: {models: [lite]}}
- void: grant_1
- cancel: plan
"""
    assert why(steps)[1:] == [
        "held until 2026-02-01T00:15:00Z",
        "of 2; an amount = 25.00; hold closed",
        "of 3; case opened about 3; by user:ana",
        "of 4; case closed: explained; by support:mia; because as the price list says",
        "reference pay_123",
        "series 1 next at 2026-02-08T00:00:00Z",
        "of 7; series 1 is over; lot 3 is withdrawn",
        "plan pro of v1, cycle 2026-02-01T00:00:00Z to 2026-03-01T00:00:00Z, then free",
    ]


def test_a_restricted_lot_says_what_it_is_for() -> None:
    stage = Stage.of(timeline())
    for number, step in enumerate(
        (
            {"at": "2026-02-01T00:00:00Z", "subscribe": "free"},
            {"grant": {"credits": 5, "only_for": {"models": ["lite"], "units": ["text_input"]}}},
        )
    ):
        stage.perform(Step.model_validate(step), number)
    last = ledger_text("a test", stage.ledger).splitlines()[-1]
    assert last.endswith("never                 api.grant, only for lite, text_input")
