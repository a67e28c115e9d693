"""The engine on an event loop: the same answers, many at once, and none is lost at the end."""

import asyncio
import inspect
import threading
from pathlib import Path

import pytest

from app.shops import Clock, policies_in, policy_text
from policyengine.app import async_engine
from policyengine.app.async_engine import AsyncEngine
from policyengine.app.committing import DeadlinePassed, QueueFull
from policyengine.app.engine import Engine
from policyengine.store.faults import LedgerClosed
from policyengine.store.happenings import Batched, Happening, TurnedAway

CREDIT = 1_000_000
OWN = {"open", "close", "within"}
"""What the face has of its own."""


async def opened(folder: Path, told: list[Happening] | None = None) -> AsyncEngine:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    return await AsyncEngine.open(
        f"sqlite:///{folder}/ledger.db",
        policies_in(rules, policy_text()),
        clock=Clock(),
        observer=None if told is None else told.append,
    )


def test_every_verb_of_the_engine_can_be_awaited_with_the_same_arguments() -> None:
    verbs = {
        name
        for name, each in inspect.getmembers(Engine, inspect.isfunction)
        if not name.startswith("_")
    } - OWN
    for name in verbs:
        awaited = getattr(AsyncEngine, name)
        assert inspect.iscoroutinefunction(awaited), name
        assert inspect.signature(awaited) == inspect.signature(getattr(Engine, name)), name


def test_a_request_from_hold_to_history(tmp_path: Path) -> None:
    async def story() -> None:
        async with await opened(tmp_path) as engine:
            (await engine.subscribe("ana", "plus", key="join")).or_raise()
            held = await engine.hold("ana", credits_held=5)
            captured = await engine.capture(held.id, model="large", counts={"text_input": 1200})
            assert captured.charged_micro == 480_000
            assert (await engine.balance("ana")).available_micro == 1000 * CREDIT - 480_000
            assert (await engine.verify()).is_sound

    asyncio.run(story())


def test_a_thousand_charges_at_once_are_committed_together_and_all_answered(
    tmp_path: Path,
) -> None:
    told: list[Happening] = []

    async def story() -> None:
        async with await opened(tmp_path, told) as engine:
            await engine.subscribe("ana", "plus", key="join")
            # 2,500 x 100 / 1,000,000 x 4 = 1 credit each; 1,000 are there
            answers = await asyncio.gather(
                *(
                    engine.charge("ana", "large", {"text_input": 2500}, key=f"k{number}")
                    for number in range(1005)
                )
            )
            assert sum(answer.is_accepted for answer in answers) == 1000
            assert (await engine.balance("ana")).available_micro == 0

    asyncio.run(story())
    batches = [each for each in told if isinstance(each, Batched)]
    assert sum(each.size for each in batches) == 1006
    assert len(batches) < 300


def test_who_stops_waiting_finds_out_by_the_same_key(tmp_path: Path) -> None:
    async def story() -> None:
        async with await opened(tmp_path) as engine:
            await engine.subscribe("ana", "plus", key="join")
            charge = engine.charge("ana", "large", {"text_input": 2500}, key="k")
            task = asyncio.ensure_future(charge)
            await asyncio.sleep(0)  # it begins
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            again = await engine.charge("ana", "large", {"text_input": 2500}, key="k")
            assert again.is_accepted
            assert (await engine.balance("ana")).available_micro == 999 * CREDIT

    asyncio.run(story())


def test_who_is_in_a_hurry_is_told_in_time_and_nothing_is_written(tmp_path: Path) -> None:
    async def story() -> None:
        async with await opened(tmp_path) as engine:
            await engine.subscribe("ana", "plus", key="join")
            hurried = engine.within(0)
            with pytest.raises(DeadlinePassed, match="nothing was written"):
                await hurried.charge("ana", "large", {"text_input": 2500}, key="k")
            assert (await engine.balance("ana")).available_micro == 1000 * CREDIT
            answer = await engine.within(60).charge("ana", "large", {"text_input": 2500}, key="k")
            assert answer.is_accepted
            with pytest.raises(ValueError, match="0 or more"):
                engine.within(-1)

    asyncio.run(story())


def test_more_verbs_than_there_is_room_for_are_turned_away_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Happening] = []
    may_go = threading.Event()
    monkeypatch.setattr(async_engine, "VERBS_MAX", 2)

    async def story() -> None:
        async with await opened(tmp_path, told) as engine:
            under_way = [asyncio.ensure_future(engine.run(may_go.wait)) for _ in range(2)]
            await asyncio.sleep(0)  # they begin
            with pytest.raises(QueueFull, match="nothing was written"):
                await engine.subscribe("ana", "plus", key="join")
            may_go.set()
            await asyncio.gather(*under_way)
            assert (await engine.subscribe("ana", "plus", key="join")).is_accepted

    asyncio.run(story())
    assert TurnedAway(2) in told


def test_what_is_asked_of_a_closed_engine_is_told_so(tmp_path: Path) -> None:
    async def story() -> None:
        engine = await opened(tmp_path)
        await engine.subscribe("ana", "plus", key="join")
        await engine.close()
        with pytest.raises(LedgerClosed):
            await engine.charge("ana", "large", {"text_input": 1}, key="late")
        with pytest.raises(LedgerClosed):
            await engine.balance("ana")
        await engine.close()

    asyncio.run(story())


def test_what_is_asked_while_an_engine_closes_is_told_so(tmp_path: Path) -> None:
    async def story() -> None:
        engine = await opened(tmp_path)
        under_way = asyncio.create_task(engine.subscribe("ana", "plus", key="join"))
        await asyncio.sleep(0)
        engine._threads.shutdown(wait=False)  # as `close` begins
        with pytest.raises(LedgerClosed):
            await engine.balance("ana")
        assert (await under_way).is_accepted
        await engine.close()

    asyncio.run(story())
