"""What a registered code says of itself: a title and the page that `explain` shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """The page of one code: what the finding means, why it is one, a wrong and a right example.

    `title` is a lower-case phrase. `wrong` and `right` are pieces of a policy file, and a code
    whose fault cannot be seen in print says so in words behind a `#`.
    """

    title: str
    what: str
    why: str
    wrong: str
    right: str

    @property
    def explanation(self) -> str:
        """The page as plain text, ready to print under the title."""
        wrong = "\n".join(f"    {line}" for line in self.wrong.splitlines())
        right = "\n".join(f"    {line}" for line in self.right.splitlines())
        return f"{self.what}\n\nWhy: {self.why}\n\nWrong:\n{wrong}\n\nRight:\n{right}\n"
