"""Writers of the ledger benchmark: processes that make items, post them and read the answers.

Each does what a caller of the ledger does, through the same Python functions, and waits for its
durable commit before the next batch. Nothing is prepared before the clock starts.
"""

import random
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID

import psycopg

from bench.crowd import per_second, total_of
from paydesk.kit import ids
from paydesk.money.ledger import posting
from paydesk.money.ledger.rules import Item, Kind, Outcome

FAR_TOO_MUCH = 10**14


@dataclass(frozen=True, slots=True)
class Load:
    """How to write: `batch` items at a time; `processes` of `threads` writers each.

    `hot`: every transfer pays the one merchant. `refused`: the share that is short of money.
    """

    batch: int
    processes: int
    threads: int
    hot: bool = False
    refused: float = 0.0


def transfers_per_second(url: str, load: Load, seconds: float) -> float:
    """Items answered a second by all writers together, from the common start to the last end."""
    return per_second(load.processes, load.threads, _process, url, load, seconds)


def _process(url: str, load: Load, seconds: float, barrier: Barrier, answers: "Queue[int]") -> None:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT id, code FROM ledger_account ORDER BY id").fetchall()
    wallets = [row[0] for row in rows if row[1] == 100]
    merchant = next(row[0] for row in rows if row[1] == 200)
    answers.put(
        total_of(load.threads, lambda: _write(url, load, seconds, barrier, wallets, merchant))
    )


def _write(
    url: str,
    load: Load,
    seconds: float,
    barrier: Barrier,
    wallets: list[UUID],
    merchant: UUID,
) -> int:
    pick = random.Random()
    done = 0
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        _post(cursor, _items(load, pick, wallets, merchant))
        barrier.wait(60)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            done += _post(cursor, _items(load, pick, wallets, merchant))
    return done


def _items(load: Load, pick: random.Random, wallets: list[UUID], merchant: UUID) -> list[Item]:
    count, items = len(wallets), []
    for _ in range(load.batch):
        first = int(pick.random() * count)
        payer = wallets[first]
        # Another wallet than the payer's, each as likely.
        payee = merchant if load.hot else wallets[first - 1 - int(pick.random() * (count - 1))]
        amount = FAR_TOO_MUCH if pick.random() < load.refused else 1 + int(pick.random() * 100)
        items.append(Item(ids.uuid7(), Kind.PLAIN, payer, payee, amount, 1))
    return items


def _post(cursor: psycopg.Cursor[Any], items: list[Item]) -> int:
    results = posting.post_with(cursor, items, None)
    for item, result in zip(items, results, strict=True):
        short = item.amount == FAR_TOO_MUCH
        if result.outcome is not (Outcome.INSUFFICIENT_FUNDS if short else Outcome.OK):
            raise RuntimeError(f"{item} was answered {result}")
    return len(results)
