"""A shop with one or two versions of the starter policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shops import Shop, open_shop, policies_in, policy_text, second_version


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A ledger under one version."""
    opened = open_shop(policies_in(tmp_path, policy_text()))
    yield opened
    opened.engine.close()


@pytest.fixture
def two_versions(tmp_path: Path) -> Iterator[Shop]:
    """A ledger under two versions; the second one comes into force on 10 February."""
    text = policy_text()
    opened = open_shop(policies_in(tmp_path, text, second_version(text)))
    yield opened
    opened.engine.close()
