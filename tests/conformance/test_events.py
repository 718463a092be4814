"""What the event port promises, on the one backend that there is."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator

from runstone.storage.memory.events import LocalEvents


async def _next(news: AsyncIterator[int]) -> int:
    return await asyncio.wait_for(anext(news), 10)


async def _is_quiet(news: AsyncIterator[int]) -> bool:
    task = asyncio.ensure_future(anext(news))
    await asyncio.sleep(0.02)
    quiet = not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return quiet


def test_every_listener_hears() -> None:
    async def scenario() -> list[int]:
        events = LocalEvents()
        listeners = [events.subscribe(interval_s=0) for _ in range(3)]
        events.publish(7)
        return [await _next(listener) for listener in listeners]

    assert asyncio.run(scenario()) == [7, 7, 7]


def test_a_listener_hears_from_the_moment_it_subscribes() -> None:
    async def scenario() -> int:
        events = LocalEvents()
        events.publish(1)
        news = events.subscribe(interval_s=0)
        events.publish(2)  # before the listener has asked for anything
        return await _next(news)

    assert asyncio.run(scenario()) == 2


def test_nothing_before_the_subscription_is_heard() -> None:
    async def scenario() -> bool:
        events = LocalEvents()
        events.publish(1)
        return await _is_quiet(events.subscribe(interval_s=0))

    assert asyncio.run(scenario())


def test_a_slow_listener_hears_the_newest_only() -> None:
    async def scenario() -> list[int]:
        events = LocalEvents()
        news = events.subscribe(interval_s=0)
        for seq in range(1, 1_001):
            events.publish(seq)
        first = await _next(news)
        events.publish(2_000)
        return [first, await _next(news)]

    assert asyncio.run(scenario()) == [1_000, 2_000]


def test_numbers_rise_whatever_order_they_are_published_in() -> None:
    async def scenario() -> tuple[int, bool]:
        events = LocalEvents()
        news = events.subscribe(interval_s=0)
        events.publish(5)
        first = await _next(news)
        events.publish(4)
        events.publish(5)
        return first, await _is_quiet(news)

    assert asyncio.run(scenario()) == (5, True)


def test_news_is_at_most_one_per_interval() -> None:
    async def scenario() -> float:
        events = LocalEvents()
        news = events.subscribe(interval_s=0.05)
        loop = asyncio.get_running_loop()
        events.publish(1)
        await _next(news)
        began = loop.time()
        events.publish(2)
        await _next(news)
        return loop.time() - began

    assert asyncio.run(scenario()) >= 0.049


def test_any_thread_may_publish() -> None:
    async def scenario() -> int:
        events = LocalEvents()
        news = events.subscribe(interval_s=0)

        def publish(worker: int) -> None:
            for i in range(500):
                events.publish(i * 4 + worker)

        threads = [threading.Thread(target=publish, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        seen = [0]
        while seen[-1] < 1_999:
            seen.append(await _next(news))
        for thread in threads:
            thread.join()
        assert seen == sorted(set(seen))
        return seen[-1]

    assert asyncio.run(scenario()) == 1_999


def test_a_listener_that_is_gone_is_forgotten() -> None:
    events = LocalEvents()

    async def scenario() -> None:
        news = events.subscribe()
        task = asyncio.ensure_future(anext(news))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        events.subscribe()  # never advanced

    asyncio.run(scenario())
    gc.collect()
    events.publish(1)  # its loop is closed; nothing happens
    assert len(events._listeners) == 0
