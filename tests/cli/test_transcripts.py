"""What people see: scripts and everything that they print, at 80 columns and without colours.

After a change that is meant: `pytest tests/cli --snapshot-update`, and read the difference.
"""

from typing import Any

import pytest

from cli.terminal import Terminal

SCRIPTS = {
    "showing": """
show my_product
show @codeflicker@1 --lang zh
show policies/my_product/v1.yaml@1
show my_product@4
show nowhere
show @openai_prepaid --format text
""",
    "wallet": """
at 2026-02-01T09:00:00Z
subscribe ana plus
buy ana extra_500 --reference pay_1 --key pay_1
grant ana 50 --only-model small --expires 2026-02-04T00:00:00Z --reason "beta" --by mia
grant ana 10 --every "1 week" --keep 5..20
grant ana 100 --starts 2026-03-01T00:00:00Z
balance ana
change-plan ana max
cancel ana
balance ana
adjust ana --credits -5.5 --reason "counted twice"
void ana:3 --reason "wrong wallet"
at 2026-03-05T09:00:00Z
settle ana
settle ana
balance ana
history ana --all
history ana --all --limit 3
sweep
""",
    "requests": """
at 2026-02-01T09:00:00Z
subscribe ana plus
estimate ana --model large --input 1200
charge ana -m large -c text_input=1200 -c text_output=400 --conversation c-1 --key k1
charge ana -m large -c text_input=1200 -c text_output=400 --conversation c-1 --key k1
charge ana -m large -c text_input=1200 --conversation c-1 --key k1
charge ana -m large -c text_input=300000 --conversation c-1 --operation op-2
charge ana -m small -c text_input=10 -c text_output=0 --conversation c-2
charge ana -m standard -c text_input=1000 --outcome failed --conversation c-2
hold ana -m large -c text_input=1200 -c text_output=4000 --conversation c-2 --operation op-3
extend ana:6 --by "5 minutes"
capture ana:6 -m large -c text_input=1200 -c text_output=100 --partly
balance ana
capture ana:6 --amount 0.5
release ana:6
hold ana --amount 20 --for "1 minute" --conversation c-2
release ana:11
hold ana --amount 30 --conversation c-3
refund ana:2 --amount 1 --reason "goodwill" --by mia
refund ana:2 --amount 100
history ana
history ana --conversation c-1
history ana --conversation c-2
history ana --conversation c-3
verify
""",
    "prices": """
at 2026-06-02T09:00:00Z
models --policies @copilot_premium_requests
subscribe ana pro --cohort annual --policies @copilot_premium_requests
charge ana -m claude-opus-4.5 -c request=2 --modifier auto --policies @copilot_premium_requests
set-cohort ana - --policies @copilot_premium_requests
charge ana -m claude-opus-4.5 -c request=2 --policies @copilot_premium_requests
charge ana -m claude-opus-4.5 -c request=2 --modifier fast --policies @copilot_premium_requests
charge ana -m x -c request=1 --modifier auto --modifier auto --policies @copilot_premium_requests
hold ana -m claude-sonnet-4.5 -c request=10 --modifier auto --policies @copilot_premium_requests
capture ana:6 -m claude-sonnet-4.5 -c request=1 --policies @copilot_premium_requests
estimate ana -m claude-sonnet-4.5 -c request=10 --modifier auto --policies @copilot_premium_requests
history ana --policies @copilot_premium_requests
models --policies @anthropic_api
verify --policies @copilot_premium_requests
""",
    "refusals": """
at 2026-02-01T09:00:00Z
charge ana -m small -c text_input=1
subscribe ana plus
subscribe ana plus
estimate ana -m large --input 3000000
charge ana -m large -c text_input=3000000
charge ana -m large -c text_input=1500000 --after-request
charge ana -m lage -c text_input=1
charge ana -m large -c text_inpt=1
charge ana -m large -c text_input=1 --started-at 2026-01-20T00:00:00Z
charge ana -m large -c text_input=1 --started-at 2026-02-02T00:00:00Z
change-plan ana pro
change-plan ana plus
buy ana pack
subscribe ben free
buy ben extra_500
cancel ben
hold ana --amount 5000
hold ana --amount 1 --for "2 days"
release ana:1
grant ana 0
void ana:2
explain ana:4
""",
    "reasons": """
at 2026-02-01T09:00:00Z
subscribe ana plus
charge ana -m large -c text_input=250000 -c text_output=401 --conversation c-1 --estimated
charge ana -m standard -c text_input=10 --outcome cancelled
hold ana --amount 3 --operation op-1
capture ana:4 -m standard -c text_input=1200
explain ana:1
explain ana:2
explain ana:3
explain ana:5
estimate --calibration
explain-code unknown_model
explain-code PE110
explain-code PE999
explain-code no_such_refusal
explain ana:77
at 2026-03-02T00:00:00Z
settle ana
explain ana:6
explain ana:7
""",
    "cases": """
at 2026-02-01T09:00:00Z
subscribe ana plus
charge ana -m large -c text_input=1200 --conversation c-1 --operation op-1
charge ana -m large -c text_input=1200 --conversation c-1 --operation op-1
report ana:2 --reason "so much?"
report ana:2 --reason "so much, really?"
report --conversation c-1 --wallet ana --by mia
report --conversation c-1 --wallet ana
report ana:2 --refund
report ana:2 --refund
report ana:1
report ana:99
report --conversation nothing --wallet ana
history ana --conversation c-1
history ana
verify
""",
    "models": """
at 2026-02-01T09:00:00Z
models
models --policies @codeflicker
models --policy other
""",
    "mistakes": """
nonsense
chrge ana
charge ana
charge ana -m small
charge ana -m small -c text_input
charge ana -m small -c text_input=-1
charge ana -m small -c text_input=1 -c text_input=2
charge ana -m small -c text_input=99999999999999999999
charge ana -m small -c text_input=1 --outcome won
balance ana
balance ana --db nowhere/credits.db
subscribe ana plus --db nowhere/credits.db
balance ana --db .
balance ana --db policies/my_product/v1.yaml
balance ana --db mysql://host/db
balance ana --policies nowhere
balance ana --policies @nothing
subscribe ana plus
balance ben
hold ana
hold ana --amount five
hold ana --amount 0.0000001
hold ana --amount 1 --for soon
grant ana 5 --keep 7
grant ana 5 --expires tomorrow
release five
history ana --all --conversation c-1
history ana --conversation c-1
history ana --before ben:3
report
report --conversation c-1
estimate ana
estimate ana -m small
estimate ana -m small --text nowhere.txt
estimate ana -m small --request policies/my_product/v1.yaml
validate nowhere
test nowhere
init . --template agents
init .
""",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_what_it_did_before(name: str, terminal: Terminal, transcript: Any) -> None:
    assert terminal.play(SCRIPTS[name]) == transcript
