"""Random histories under random policies obey the laws of the ledger."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws import answers, laws
from laws.histories import History, played, steps, steps_of
from laws.rulebooks import rulebook_of, rulebooks, timeline_of

histories = st.builds(lambda rules, numbers: played(timeline_of(rules), numbers), rulebooks, steps)
chances = st.integers(0, 2**32).map(Random)

few = settings(max_examples=60)
SOAK_HISTORIES = 2000


@few
@given(histories)
def test_every_credit_is_in_exactly_one_pot(history: History) -> None:
    laws.books_are_sound(history)


@few
@given(histories)
def test_folding_the_transactions_gives_the_book(history: History) -> None:
    laws.folding_gives_the_same_book(history)


@few
@given(histories)
def test_a_refusal_changes_nothing(history: History) -> None:
    laws.refusals_change_nothing(history)


@few
@given(histories)
def test_a_wallets_time_and_numbers_go_forward(history: History) -> None:
    laws.time_goes_forward(history)


@few
@given(histories)
def test_changes_read_back_as_they_were_written(history: History) -> None:
    laws.changes_survive_writing(history)


@few
@given(histories)
def test_no_lot_is_spent_outside_its_time(history: History) -> None:
    laws.lots_are_spent_within_their_time(history)


@few
@given(histories)
def test_credits_come_only_from_grants_purchases_and_adjustments(history: History) -> None:
    laws.credits_come_from_rules(history)


@few
@given(histories)
def test_no_more_comes_back_than_was_taken(history: History) -> None:
    laws.no_more_comes_back_than_was_taken(history)


@few
@given(histories)
def test_a_plans_cap_on_the_balance_is_obeyed(history: History) -> None:
    laws.caps_on_balances_are_obeyed(history)


@few
@given(histories)
def test_no_more_is_kept_than_the_most(history: History) -> None:
    laws.no_more_is_kept_than_the_most(history)


@few
@given(histories)
def test_no_release_or_expiry_mints_a_credit(history: History) -> None:
    laws.releases_and_expiries_mint_nothing(history)


@few
@given(histories)
def test_a_charge_takes_what_it_says_and_refunds_give_back_no_more(history: History) -> None:
    laws.charges_take_what_they_say(history)


@few
@given(histories)
def test_where_it_is_refused_no_capture_takes_more_than_was_held(history: History) -> None:
    answers.captures_keep_to_their_holds(history)


@few
@given(histories)
def test_no_forbidden_change_of_plan_is_ever_made(history: History) -> None:
    answers.forbidden_changes_are_not_made(history)


@few
@given(histories)
def test_new_terms_at_once_take_nothing_back(history: History) -> None:
    answers.new_terms_take_nothing_back(history)


@few
@given(histories)
def test_a_lot_is_emptied_before_the_next_one_is_touched(history: History) -> None:
    laws.burn_order_is_total_and_obeyed(history)


@few
@given(histories, chances)
def test_a_retry_changes_nothing(history: History, chance: Random) -> None:
    laws.retries_change_nothing(history, chance)


@few
@given(histories, chances)
def test_the_sweepers_schedule_changes_nothing(history: History, chance: Random) -> None:
    laws.sweepers_change_nothing(history, chance)


@few
@given(histories)
def test_forgetting_closed_lots_changes_nothing(history: History) -> None:
    laws.pruning_changes_nothing(history)


@few
@given(histories)
def test_a_batch_decides_as_one_command_at_a_time(history: History) -> None:
    laws.batches_change_nothing(history)


@few
@given(histories)
def test_overage_never_passes_its_limit_and_is_accounted_for(history: History) -> None:
    laws.overage_is_bounded_and_accounted_for(history)


@few
@given(histories)
def test_no_cap_is_passed_before_a_request(history: History) -> None:
    laws.caps_hold_before_a_request(history)


@few
@given(histories)
def test_top_ups_never_storm(history: History) -> None:
    laws.top_ups_never_storm(history)


@pytest.mark.soak
@pytest.mark.parametrize("block", range(20))
def test_thousands_of_histories_obey_every_law(block: int) -> None:
    for seed in range(block * SOAK_HISTORIES // 20, (block + 1) * SOAK_HISTORIES // 20):
        chance = Random(seed)
        history = played(timeline_of(rulebook_of(chance)), steps_of(chance, 60))
        for law in (
            laws.books_are_sound,
            laws.folding_gives_the_same_book,
            laws.refusals_change_nothing,
            laws.time_goes_forward,
            laws.changes_survive_writing,
            laws.lots_are_spent_within_their_time,
            laws.credits_come_from_rules,
            laws.no_more_comes_back_than_was_taken,
            laws.caps_on_balances_are_obeyed,
            laws.no_more_is_kept_than_the_most,
            laws.releases_and_expiries_mint_nothing,
            laws.charges_take_what_they_say,
            laws.burn_order_is_total_and_obeyed,
            laws.pruning_changes_nothing,
            laws.batches_change_nothing,
            laws.overage_is_bounded_and_accounted_for,
            laws.caps_hold_before_a_request,
            laws.top_ups_never_storm,
            answers.captures_keep_to_their_holds,
            answers.forbidden_changes_are_not_made,
            answers.new_terms_take_nothing_back,
        ):
            law(history)
        laws.sweepers_change_nothing(history, chance)
        laws.retries_change_nothing(history, chance)
