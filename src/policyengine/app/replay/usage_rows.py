"""From the cells of a row to usage: wallet, model, time and whole counts, or why not."""

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

from policyengine.app.replay.cells import Cell, instant_in, is_blank, number_of, text_of
from policyengine.app.replay.mapping.checks import NUMBER
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.model_table import ModelTable, Skipped, outcomes_of
from policyengine.app.replay.raw_rows import RawRow, Unreadable
from policyengine.app.replay.wallet_ids import name_of, wallet_id_of
from policyengine.engine.commands import COUNT_MAX
from policyengine.policy.expressions import ExpressionFault, parse_expression
from policyengine.values.amounts import round_ratio
from policyengine.values.calendar import INSTANT_MAX

_MICROS: Final = {"seconds": 1_000_000, "milliseconds": 1000, "microseconds": 1}

Number: TypeAlias = int | Fraction


class UsageRow(NamedTuple):
    """What a row of the file says; a plain tuple, because millions are sorted by `time, number`.

    `time` is the file's own, in microseconds from its zero. `counts` follow the mapping's units.
    `same` is empty, or equal for rows that repeat each other. `cost` is a decimal or empty.
    """

    time: int
    number: int
    wallet_id: str
    model: str
    outcome: str
    conversation: str
    operation: str
    same: bytes
    requests: int
    cost: str
    counts: tuple[int, ...]


class _Blank(Exception):  # noqa: N818  # it ends a row, it is no error of the program
    """A cell is empty where the mapping says that such rows are skipped."""


class _Formula:
    """Arithmetic over columns, ready to run on the numbers of a row."""

    __slots__ = ("_evaluate", "_name", "_places", "_rounding")

    def __init__(self, name: str, text: str, document: MappingDocument) -> None:
        parsed = parse_expression(text, dict.fromkeys(document.columns, NUMBER), NUMBER)
        if isinstance(parsed, ExpressionFault):
            raise ValueError(parsed.message)  # noqa: TRY004  # the mapping was checked before
        self._name = name
        self._evaluate: Callable[..., Number] = parsed.compiled
        self._places = parsed.names_used
        self._rounding = document.rounding

    @property
    def names(self) -> tuple[str, ...]:
        return self._places

    def whole(self, numbers: Mapping[str, Number]) -> int:
        """Compute a count.

        Raises: ValueError for one that is negative, too large, or not whole without `rounding`.
        """
        value = self._evaluate(*[numbers[name] for name in self._places])
        if value < 0:
            raise ValueError(f"`{self._name}` is {_shown(value)}, below 0")
        if not isinstance(value, int):
            if value.denominator != 1 and self._rounding is None:
                raise ValueError(
                    f"`{self._name}` is {_shown(value)}, not whole; say `rounding` in the mapping"
                )
            mode = self._rounding or "down"
            value = round_ratio(value.numerator, value.denominator, 1, mode)
        if value > COUNT_MAX:
            raise ValueError(f"`{self._name}` is more than 10^12")
        return value


class UsageReader:
    """Reads rows as a mapping says."""

    def __init__(self, document: MappingDocument) -> None:
        """Take a mapping without findings."""
        self._document = document
        self._places = {name: index for index, name in enumerate(document.columns)}
        self._models = ModelTable(document.models)
        self._units = [_Formula(unit, text, document) for unit, text in document.units.items()]
        self._requests = _Formula("requests", document.requests or "1", document)
        numbers = dict.fromkeys(
            name for formula in (*self._units, self._requests) for name in formula.names
        )
        self._numbers = [(name, self._places[name]) for name in numbers]
        self._is_date = document.time.unit.startswith("iso")
        self._scale = _MICROS.get(document.time.unit, 1)
        outcome = document.outcome
        self._outcomes = {} if outcome is None else outcomes_of(outcome.failed, outcome.cancelled)

    def read(self, raw: RawRow) -> UsageRow | Skipped | Unreadable:
        """Read a row; what is wrong with it or why it is skipped is a value."""
        cells = raw.cells
        if isinstance(cells, Unreadable):
            return cells
        try:
            return self._read(raw.number, cells)
        except _Blank as blank:
            return Skipped(str(blank))
        except ValueError as error:
            return Unreadable(str(error))

    def _read(self, number: int, cells: list[Cell]) -> UsageRow | Skipped:
        document = self._document
        model = self._model(cells)
        if isinstance(model, Skipped):
            return model
        wallet_id = self._wallet(cells)
        numbers = {name: self._number(name, cells[place]) for name, place in self._numbers}
        counts = tuple([formula.whole(numbers) for formula in self._units])
        if document.without_usage == "skip" and not any(counts):
            return Skipped("all counts are 0")
        return UsageRow(
            self._time(cells),
            number,
            wallet_id,
            model,
            self._outcome(cells),
            self._name(document.conversation, cells),
            self._name(document.operation, cells),
            self._same(wallet_id, cells),
            self._requests.whole(numbers),
            self._cost(cells),
            counts,
        )

    def _model(self, cells: list[Cell]) -> str | Skipped:
        column = self._document.models.column
        if column is None:
            return self._models.find("")
        name = self._text(column, cells)
        return self._models.find(name) if name else Skipped(f"`{column}` is blank")

    def _wallet(self, cells: list[Cell]) -> str:
        wallets = self._document.wallets
        values = []
        for name in wallets.named_by:
            value = self._text(name, cells) or wallets.when_blank
            if value is None:
                raise _Blank(f"`{name}` is blank")
            values.append(value)
        return wallet_id_of(wallets.prefix or "", values, wallets.join or "")

    def _number(self, name: str, cell: Cell) -> Number:
        if is_blank(cell):
            self._pass_blank(name)
            return 0
        try:
            return number_of(cell)
        except ValueError as error:
            raise ValueError(f"`{name}`: {error}") from error

    def _pass_blank(self, name: str) -> None:
        """Let an empty cell pass for 0.

        Raises: _Blank where the mapping skips such rows, ValueError where it does not say.
        """
        rule = self._document.blank.get(name)
        if rule == "skip":
            raise _Blank(f"`{name}` is blank")
        if rule is None:
            raise ValueError(f"`{name}` is blank; say `blank: {{{name}: skip}}`, or `zero`")

    def _time(self, cells: list[Cell]) -> int:
        time = self._document.time
        cell = cells[self._places[time.column]]
        if self._is_date:
            if is_blank(cell):
                self._pass_blank(time.column)
            try:
                return instant_in(cell, naive_is_utc=time.unit == "iso_utc")
            except ValueError as error:
                raise ValueError(f"`{time.column}`: {error}") from error
        names = (time.column, *time.plus)
        total: Number = 0
        for name in names:
            total += self._number(name, cells[self._places[name]])
        micro = total * self._scale
        if not -INSTANT_MAX < micro < INSTANT_MAX:
            raise ValueError(f"`{time.column}` is {_shown(total)}, beyond the year 9000")
        return int(micro // 1)

    def _outcome(self, cells: list[Cell]) -> str:
        outcome = self._document.outcome
        if outcome is None:
            return "succeeded"
        return self._outcomes.get(self._text(outcome.column, cells), "succeeded")

    def _name(self, column: str | None, cells: list[Cell]) -> str:
        return "" if column is None else name_of(self._text(column, cells))

    def _same(self, wallet_id: str, cells: list[Cell]) -> bytes:
        names = self._document.skip_repeated
        if not names:
            return b""
        digest = hashlib.blake2b(digest_size=16)
        for text in (wallet_id, *[self._text(name, cells) for name in names]):
            data = text.encode()
            digest.update(b"%d:" % len(data) + data)
        return digest.digest()

    def _cost(self, cells: list[Cell]) -> str:
        cost = self._document.cost
        if cost is None:
            return ""
        cell = cells[self._places[cost.column]]
        if is_blank(cell):
            return ""
        try:
            number_of(cell)
        except ValueError as error:
            raise ValueError(f"`{cost.column}`: {error}") from error
        return str(Decimal(str(cell).strip()))

    def _text(self, name: str, cells: list[Cell]) -> str:
        try:
            return text_of(cells[self._places[name]])
        except ValueError as error:
            raise ValueError(f"`{name}`: {error}") from error


def _shown(value: Number) -> str:
    if isinstance(value, int) or value.denominator == 1:
        return str(value)
    return format(Decimal(value.numerator) / Decimal(value.denominator), ".6g")
