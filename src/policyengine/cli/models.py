"""`models`: the price list that is in force, and what is going to change."""

from typing import Annotated

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import WrongUse


@with_call("db")
def models(
    call: Call,
    policy: Annotated[
        str, typer.Option("--policy", metavar="NAME", help="The policy, where there are several.")
    ] = "",
) -> int:
    """List the models with their multipliers, what their units cost, tiers and coming changes.

    Example: policyengine models
    """
    from policyengine.cli import models_view

    timelines = call.load_policies().timelines
    name = policy or (next(iter(timelines)) if len(timelines) == 1 else "")
    if name not in timelines:
        asked = f"there is no policy `{policy}`" if policy else "there are several policies"
        raise WrongUse(asked, f"say which with --policy: {', '.join(timelines)}")
    now = call.clock()()
    timeline = timelines[name]
    found = timeline.at(now)
    if found is None:
        raise WrongUse(
            f"no version of `{name}` is in force at that time", "give a later time with --at"
        )
    call.answer(
        lambda: models_view.models_parts(timeline, found),
        lambda: models_view.models_form(timeline, found),
    )
    return 0
