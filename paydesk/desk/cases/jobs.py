"""What the clock sets off: abandoned cases, missed deadlines, old solved cases. Thin."""

from procrastinate.contrib.django import app

from paydesk.desk.cases.actions import deeds, upkeep


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.upkeep", name="cases.upkeep")
def keep_up(timestamp: int) -> None:
    """Once a minute: give back what vanished agents left, note missed deadlines, finish deeds."""
    upkeep.give_back_abandoned()
    upkeep.note_missed_deadlines()
    deeds.carry_out_left_behind()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="cases.close", name="cases.close")
def close(timestamp: int) -> None:
    """Once an hour: close what has been solved for long."""
    upkeep.close_long_solved()
