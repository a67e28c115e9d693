"""English: time, spending, running out, refunds, limits, versions, and what is absent."""

from collections.abc import Mapping
from typing import Final

CONDUCT: Final[Mapping[str, str]] = {
    # Time
    "time.zone": "Days, months and years are counted in the time zone {zone}.",
    "time.month": "A month ends on the same day of the next month, or on its last day where it has "
    "no such day.",
    "time.late": "A request may be reported up to {span} after it began; later it is refused.",
    # Order of spending
    "burn.restricted": "First come credits that pay only for certain models or units.",
    "burn.first": "First {what}.",
    "burn.then": "Among equals, {what}.",
    "burn.restricted_first": "what pays only for certain models or units",
    "burn.general_first": "what pays for all models and units",
    "burn.priority": "what has the lower priority number",
    "burn.soonest_expiry": "what expires sooner",
    "burn.plan_before_pack": "whatever is not from a pack",
    "burn.pack_before_plan": "whatever is from a pack",
    "burn.free_before_bought": "what was a gift, before what a plan gave or what was bought",
    "burn.larger_first": "what began with more credits, however many are left",
    "burn.smaller_first": "what began with fewer credits, however many are left",
    "burn.oldest": "what was given earlier",
    "burn.newest": "what was given later",
    "burn.priority_of": "{whose} have the priority {priority}.",
    "burn.priority_others": "Credits without a priority of their own have the priority {priority}.",
    "burn.priority_none": "No plan gives its credits a priority; only grants by hand may have one.",
    # Running out
    "shortfall.refuse": "Before a request: if the credits do not suffice, it is refused.",
    "shortfall.fallback": "Before a request: if the credits do not suffice, it is priced as "
    "{model} instead; if they do not suffice for that either, it is refused.",
    "shortfall.fallback_plans": "Only {plans} have this fallback.",
    "shortfall.ways": "The refusal says how many credits are needed, available and short, and "
    "names the ways out that the wallet has: {ways}.",
    "shortfall.no_ways": "The refusal says how many credits are needed, available and short.",
    "way.pack": "buying a pack",
    "way.plan": "a higher plan",
    "way.wait": "waiting for the next credits",
    "way.overage": "allowing overage",
    "way.model": "a cheaper model",
    "overage.price": "Before a request: credits that are missing are lent as overage, at {price} "
    "{currency} each; the next invoice has them.",
    "overage.limit": "A wallet has at most {limit} of overage between two invoices.",
    "overage.beyond_refused": "A request beyond that is refused.",
    "overage.beyond_fallback": "A request beyond that is priced as {model} instead; if that is too "
    "much as well, it is refused.",
    "overage.plans": "Only {plans} have overage.",
    "overage.all_plans": "All plans with cycles have overage.",
    "overage.consent_needed": "A wallet has no overage until it has allowed it.",
    "overage.consent_not_needed": "A wallet has overage unless it has forbidden it.",
    "shortfall.take_what_is_left": "After a request that has run: what is left is taken, and the "
    "rest is not collected.",
    "shortfall.go_into_debt": "After a request that has run: what is missing becomes debt.",
    "debt.all_credits": "Credits that come later pay debt first.",
    "debt.adjustments": "Credits that come later leave debt alone; only an adjustment pays it.",
    "debt.limit": "A wallet owes at most {limit}.",
    "debt.kept": "A renewal leaves debt to be paid from the new credits.",
    "debt.kept_as_it_is": "A renewal leaves debt as it is.",
    "debt.forgiven": "A renewal forgives debt.",
    "debt.invoiced": "A renewal takes debt to an invoice.",
    "in_debt.refuse_all": "A wallet in debt is refused every new request.",
    "in_debt.free_models_only": "A wallet in debt is refused every new request that costs "
    "something.",
    "in_debt.as_usual": "A wallet in debt makes new requests like any other.",
    # Failures
    "failures.failed": "A request that failed {cost}.",
    "failures.cancelled": "A request whose answer was stopped {cost}.",
    "cost.free": "costs nothing",
    "cost.input_only": "costs what was sent",
    "cost.full": "costs all that was counted",
    # Before and after a request
    "estimate.answers": "An estimate without history assumes answers of {low} to {high} tokens, "
    "usually {expected}.",
    "estimate.answers_of": "An estimate without history assumes answers of {expected}.",
    "estimate.counting": "Before a request of {models}, text is counted with {encoding} and images "
    "by the formula of {formula}.",
    "estimate.constants": "For {models} that formula has constants of its own: {constants}.",
    "holds.life": "Credits can be set aside for a request; they are given back after {span} unless "
    "it says otherwise.",
    "holds.longest": "No credits are set aside for longer than {span}.",
    "holds.grace": "For {span} after that time, a request can still be charged to what was set "
    "aside for it, or give it back.",
    "holds.no_grace": "After that time, nothing can be charged to what was set aside.",
    "holds.above_charge": "A request that costs more than was set aside for it is charged in full, "
    "from other credits as well.",
    "holds.above_refuse": "A charge of more than was set aside for it is refused; the credits stay "
    "set aside.",
    "refunds.back": "A refund goes back to the credits that paid, the last ones first.",
    "refunds.stay_expired": "Refunded credits that have expired meanwhile stay expired.",
    "refunds.new_lot": "Refunded credits that have expired meanwhile are given anew, for {span}.",
    "alerts.below": "An alert comes when less than {share} of the credits is available.",
    "alerts.expiring": "An alert comes when credits expire within {span}.",
    "abnormal.flag": "A charge is marked as abnormal if {condition}.",
    # Limits
    "caps.plain": "{cap}.",
    "caps.with": "{cap}, {scope}.",
    "caps.member": "A member uses at most {most} {window}",
    "caps.conversation": "A conversation uses at most {most} {window}",
    "caps.model": "Each model uses at most {most} {window}",
    "caps.wallet": "A wallet uses at most {most} {window}",
    "caps.grant": "At most {most} of {grants} are spent {window}, other credits pay the rest",
    "caps.cycle": "in a cycle",
    "caps.from_first_use": "in the {span} from the first use on",
    "caps.hour": "in an hour of the clock",
    "caps.day": "in a calendar day",
    "caps.week": "in a calendar week, from Monday",
    "caps.month": "in a calendar month",
    "top_up.pack": "When fewer than {below} are there, {pack} is bought by itself.",
    "top_up.up_to": "When fewer than {below} are there, what is missing up to {most} is bought by "
    "itself.",
    "top_up.expires": "What is bought so expires {span} later.",
    "top_up.never_expires": "What is bought so never expires.",
    "top_up.cooldown": "Between two such purchases lies at least {span}, twice as long after each "
    "failure in a row.",
    "top_up.at_most": "There are at most {count} within {span}, failed ones included.",
    "top_up.consent_needed": "Nothing is bought by itself until the wallet has allowed it.",
    "top_up.consent_not_needed": "This happens unless the wallet has forbidden it.",
    "conversions.span": "One of the former unit “{unit}” becomes {credits}, which expire {span} "
    "later.",
    "conversions.for_ever": "One of the former unit “{unit}” becomes {credits}, which never "
    "expire.",
    # Existing subscribers
    "versions.first": "This is the first version.",
    "versions.replaces": "This version replaces version {version}.",
    "versions.prices": "Prices change for requests that begin from then on.",
    "versions.plans_at_next_cycle": "Existing subscribers get the new terms of their plan at their "
    "next renewal; credits that they have do not change.",
    "versions.plans_at_once": "Existing subscribers get the new terms of their plan at once: what "
    "its recurring credits give more in the cycle that is under way comes then, nothing is taken "
    "back, and the date of renewal stays.",
    "versions.plans_new_subscribers_only": "Existing subscribers keep the terms of their plan "
    "until they change it.",
    "versions.keep": "Who joined {plan} before {joined} keeps its former terms at renewals before "
    "{until}.",
    "versions.removed_plan": "{old} is gone; its subscribers move to {new} at their next renewal.",
    "versions.removed_plan_at_once": "{old} is gone; its subscribers move to {new} at once.",
    "versions.packs": "Packs change for new purchases only.",
    # What is absent
    "absent.tiers": "No tiers: a long request has the same rates as a short one.",
    "absent.own_rates": "No rates by model: models differ by their multipliers only.",
    "absent.multipliers_by_plan": "No multipliers by plan or cohort: a model costs the same for "
    "everybody.",
    "absent.modifiers": "No modifiers: no batch, region or speed changes a price.",
    "absent.seats": "No credits by seat: a wallet gets the same however many use it.",
    "absent.promotions": "No promotions: no grant is limited to a period.",
    "absent.own_clocks": "No grants between renewals: recurring credits come with the cycle.",
    "absent.restrictions": "No restricted credits: what plans give pays for every model and unit.",
    "absent.balance_cap": "No limit on a balance: grants are always given in full.",
    "absent.trials": "No plan that ends by itself: a plan goes on until somebody changes it.",
    "absent.rollover": "No rollover: nothing unused moves into a next cycle by itself.",
    "absent.re_rating": "No re-rating at an upgrade: what was used before stays as it was charged.",
    "absent.packs": "No packs: credits cannot be bought on top of a plan.",
    "absent.bonuses": "No bonuses: a pack brings its credits and no more.",
    "absent.prices": "No prices in money: what plans and packs cost is not said here.",
    "absent.overage": "No overage: a request beyond the balance is refused.",
    "absent.overage_behind_fallback": "No overage: nothing is lent beyond the balance.",
    "absent.fallback": "No fallback model: a request is never moved to a cheaper model.",
    "absent.debt": "No debt: a balance never goes below zero.",
    "absent.caps": "No caps: members, conversations and models may use all that the wallet has.",
    "absent.top_ups": "No top-ups: nothing is bought by itself.",
    "absent.conversions": "No conversions: units of an older scheme cannot be turned into credits.",
    "absent.counting": "No counting: an estimate needs the counts of the request.",
    "absent.alerts": "No alerts: nobody is told that credits run low or expire.",
    "absent.abnormal": "No rule for abnormal use: no charge is marked by itself.",
    "absent.kept_terms": "No exceptions: nobody keeps the terms of the version before for a while.",
}
