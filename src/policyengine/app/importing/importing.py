"""An import as a whole: a price list and a policy's files in, the next files and changes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, TypeAlias

from policyengine.app.importing.difference import Change, changes
from policyengine.app.importing.naming import Wanted, named, selected
from policyengine.app.importing.pricing import Priced, priced
from policyengine.app.importing.records import UNITS, LeftOut, Offer, PriceList
from policyengine.app.importing.sections import general_rates
from policyengine.app.importing.versions import Making, first_version, next_version
from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.versions import load_timeline
from policyengine.values.diagnostics import Diagnostic, has_errors

VERSIONS_MAX: Final = 100
"""How many dated versions one import may append."""

Status: TypeAlias = Literal["draft", "published"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an import shall make.

    `effective` is the instant of the first new version, UTC; `markup` is in percent.
    """

    wanted: Wanted
    name: str
    credit_price: Decimal
    markup: Decimal
    effective: datetime
    status: Status = "draft"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A version that an import makes, and how it differs from the one before."""

    path: Path
    text: str
    effective: datetime
    is_first: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found and made; nothing is on the disk yet.

    `findings` are those of all versions together; with an error among them, nothing is written.
    """

    prices: PriceList
    offers: Mapping[str, Offer]
    left_out: tuple[LeftOut, ...]
    priced: Priced
    files: tuple[NewFile, ...]
    findings: tuple[Diagnostic, ...]
    drawn_on: Mapping[str, tuple[str, ...]]

    @property
    def unpriced(self) -> tuple[LeftOut, ...]:
        """Models for which the list has no price."""
        return tuple(each for each in self.left_out if not each.is_priced)

    @property
    def unsaid(self) -> tuple[LeftOut, ...]:
        """Models for which the list has a price that was not imported, with the reason."""
        return tuple(each for each in self.left_out if each.is_priced)


def imported(prices: PriceList, there: Sequence[Loaded], folder: Path, asked: Asked) -> Imported:
    """Turn a price list into the next versions of a policy.

    Takes: the versions that are in the folder, which have no errors.
    Gives: a version for the effective instant and one for each later day on which prices change;
    none where nothing changes.
    Raises: ValueError for an exchange rate that decimals cannot say, or a policy that counts an
    imported unit in another way.
    """
    rate = exchange(asked.credit_price)
    wanted = selected(prices, asked.wanted)
    offers, nameless = named(wanted, asked.wanted)
    making = Making(prices, asked.credit_price, asked.markup, asked.status)
    newest = max(there, key=_version_of, default=None)
    files: list[NewFile] = []
    now, left_out = priced(offers, asked.effective.date(), rate)
    if not now.models:
        return Imported(wanted, offers, (*wanted.left_out, *nameless, *left_out), now, (), (), {})
    for effective in _instants(offers, asked.effective):
        standing, _ = priced(offers, effective.date(), rate, _counted(newest))
        if files and (newest is None or newest.source.name != str(files[-1].path)):
            newest = load_policy(files[-1].text, str(files[-1].path))
            if has_errors(newest.diagnostics):
                break
        made = _made(newest, folder, effective, standing, asked, making)
        if made is not None:
            files.append(made)
    found = load_timeline(
        [*((each.source.name, each.source.text) for each in there), *_texts(files)],
        with_drafts=True,
    )
    lines = {each.source.name: each.source.lines for each in found.loaded}
    every = (*wanted.left_out, *nameless, *left_out)
    return Imported(wanted, offers, every, now, tuple(files), found.diagnostics, lines)


def exchange(credit_price: Decimal) -> Fraction:
    """Check the price of a credit.

    Raises: ValueError where it is not above 0, or a dollar is no number of credits that decimals
    can say.
    """
    if credit_price <= 0:
        raise ValueError("a credit costs more than 0 USD")
    rest = (1 / Fraction(credit_price)).denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        raise ValueError(
            f"at {credit_price:f} USD for a credit, a dollar is no exact number of credits; "
            "use a price such as 0.01, 0.02 or 0.05, and the markup for the rest"
        )
    return Fraction(credit_price)


def _version_of(loaded: Loaded) -> int:
    return 0 if loaded.document is None else loaded.document.version


def _counted(loaded: Loaded | None) -> tuple[str, ...]:
    """Give the units of a policy that lists can price."""
    if loaded is None or loaded.document is None:
        return ()
    return tuple(unit for unit in general_rates(loaded.document) if unit in UNITS)


def _instants(offers: Mapping[str, Offer], effective: datetime) -> list[datetime]:
    """Give when prices change: at the instant asked for, and on each later day of the list."""
    days: set[date] = {
        terms.starts
        for offer in offers.values()
        for terms in offer.terms
        if terms.starts is not None and terms.starts > effective.date()
    }
    if len(days) >= VERSIONS_MAX:
        raise ValueError(
            f"prices change on {len(days)} days after that; "
            f"an import appends at most {VERSIONS_MAX} versions"
        )
    later = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in sorted(days))
    return [effective, *later]


def _made(
    newest: Loaded | None,
    folder: Path,
    effective: datetime,
    standing: Priced,
    asked: Asked,
    making: Making,
) -> NewFile | None:
    """Make the file that follows a version; None where it would say the same."""
    if newest is None or newest.document is None:
        text = first_version(asked.name, effective, standing, making)
        return NewFile(folder / "v1.yaml", text, effective, is_first=True, changes=())
    differing = changes(newest.document, standing)
    if all(each.kind == "gone" for each in differing):
        return None
    text = next_version(newest, effective, standing, making)
    path = folder / f"v{newest.document.version + 1}.yaml"
    return NewFile(path, text, effective, is_first=False, changes=differing)


def _texts(files: Sequence[NewFile]) -> list[tuple[str, str]]:
    return [(str(each.path), each.text) for each in files]
