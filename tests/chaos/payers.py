"""A process that pays: threads that submit transfers and write down, by key, what was acknowledged.

`python -m tests.chaos.payers FILE COUNT`. A request that got no answer is sent again under the
same key, as a client would; killed, it just ends. Django's settings come from the environment.
"""

import os
import random
import sys
import threading
import time

import django

THREADS = 12


def main(path: str, count: int) -> None:
    """Pay until FILE holds `count` keys."""
    django.setup()
    from paydesk.kit import ids  # noqa: PLC0415 - stands on Django, which is set up only now
    from paydesk.kit.actors import Actor, ActorKind  # noqa: PLC0415
    from paydesk.money.payments import actions  # noqa: PLC0415
    from paydesk.people.models import Customer  # noqa: PLC0415

    people = list(Customer.objects.filter(brand="topay"))
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def pay(pick: random.Random) -> None:
        while os.fstat(file).st_size < count * 37:
            payer, payee = pick.sample(people, 2)
            key, amount = str(ids.uuid7()), pick.randint(1, 50)
            actor = Actor(ActorKind.CUSTOMER, payer.id, payer.brand)
            while True:
                try:
                    outcome = actions.transfer(
                        payer=payer,
                        recipient=payee,
                        amount=amount,
                        currency="CNY",
                        actor=actor,
                        key=key,
                        again=True,
                    )
                except Exception:
                    time.sleep(0.1)
                    continue
                break
            if outcome.ok:
                os.write(file, f"{key}\n".encode())

    threads = [threading.Thread(target=pay, args=(random.Random(),)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
