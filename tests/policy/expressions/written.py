"""Writes random texts of the expression language, and names and values for them."""

from hypothesis import strategies as st

NAMES = {
    "tokens_at_rate": "credits",
    "charge": "credits",
    "usual_charge": "credits",
    "multiplier": "number",
    "all_input": "tokens",
    "all_output": "tokens",
    "failed": "yes_no",
}
NUMBERS = ["0", "1", "2", "3", "7", "10", "0.5", "0.01", "1.25", "0.000001", "200000", "33.3"]
OF_UNIT = {
    unit: [name for name, its in NAMES.items() if its == unit] for unit in set(NAMES.values())
}
EXACT = (
    st.integers(-50, 50)
    | st.integers(-(10**15), 10**15)
    | st.fractions(-1000, 1000, max_denominator=1000)
)


@st.composite
def amounts(  # noqa: PLR0911 one case per kind of node
    draw: st.DrawFn, unit: str = "credits", depth: int = 3
) -> str:
    """An amount of a unit; literals may stand for any unit."""
    kind = draw(st.integers(0, 9)) if depth else draw(st.integers(0, 2))
    if kind == 0:
        return draw(st.sampled_from(NUMBERS))
    if kind <= 2:
        return draw(st.sampled_from(OF_UNIT[unit]))
    left = draw(amounts(unit, depth - 1))
    if kind == 3:
        return f"-{left}" if left[0] != "-" else f"-({left})"
    if kind == 4:
        sign, right = draw(st.sampled_from("+-")), draw(amounts(unit, depth - 1))
        return draw(st.sampled_from([f"{left} {sign} {right}", f"({left} {sign} ({right}))"]))
    if kind == 5:
        if not any(name in left for name in OF_UNIT[unit]):
            left = OF_UNIT[unit][0]  # literals alone times a number are a number
        return f"({left}) * ({draw(amounts('number', depth - 1))})"
    if kind == 6:
        return f"({left}) / {draw(st.sampled_from(NUMBERS[1:]))}"
    if kind == 7:
        function = draw(st.sampled_from(["min", "max"]))
        others = draw(st.lists(amounts(unit, depth - 1), min_size=1, max_size=2))
        return f"{function}({', '.join([left, *others])})"
    if kind == 8:
        step = draw(st.sampled_from(["", *(f", {each}" for each in NUMBERS[1:])]))
        return f"{draw(st.sampled_from(['ceil', 'floor']))}({left}{step})"
    right = draw(amounts(unit, depth - 1))
    return f"({left} if {draw(conditions(depth - 1))} else {right})"


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    """A yes or no."""
    kind = draw(st.integers(0, 5)) if depth else 0
    if kind <= 2:
        unit = draw(st.sampled_from(["credits", "tokens", "number"]))
        sides = draw(st.lists(amounts(unit, max(0, depth - 1)), min_size=2, max_size=3))
        signs = [draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])) for _ in sides[1:]]
        rest = "".join(f" {sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))
        return sides[0] + rest
    if kind == 3:
        return "failed"
    left = draw(conditions(depth - 1))
    if kind == 4:
        return f"(not {left})"
    return f"({left} {draw(st.sampled_from(['and', 'or']))} {draw(conditions(depth - 1))})"


VALUES = st.fixed_dictionaries(
    {name: st.booleans() if unit == "yes_no" else EXACT for name, unit in NAMES.items()}
)
