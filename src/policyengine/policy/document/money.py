"""Money in a policy file: what a plan or a pack costs, for those who read and check the policy."""

from typing import Annotated

from pydantic import Field

from policyengine.policy.document.words import Number, Part


class Money(Part):
    """An amount of money, exactly as written; payment itself happens elsewhere."""

    amount: Number = Field(description="How much; 0 is free.", examples=[20])
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="The currency, by its ISO 4217 code.", examples=["USD"]
    )
