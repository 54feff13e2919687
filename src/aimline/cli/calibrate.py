"""`calibrate`: what the statistics promise, measured in simulated worlds, with planted faults that must be caught."""

from __future__ import annotations

from pathlib import Path

import click

from aimline.cli.analyze import options
from aimline.cli.analyze.tables import write_json
from aimline_analytics.promises import PROMISES, WORLDS, Outcome, Promise, measured


@click.command()
@click.option(
    "--worlds",
    type=click.IntRange(50),
    default=WORLDS,
    show_default=True,
    help="Simulated worlds for each promise; slow ones take fewer.",
)
@options.JSON
@click.pass_context
def calibrate(ctx: click.Context, worlds: int, json: Path | None) -> None:
    """Measure what the statistics promise: false alarms, coverage, power. Exits with 1 when a promise is broken.

    Each fault planted in place of the real procedure must be caught, which shows that the measuring can fail.

    Example: aimline calibrate --worlds 1000
    """
    told, broken = [], 0
    for promise in PROMISES:
        outcome = measured(promise, worlds=worlds)
        missed = [
            name for name, fault in promise.planted.items() if measured(promise, fault, worlds=worlds).kept
        ]
        broken += not outcome.kept or bool(missed)
        click.echo(_line(outcome, promise, missed))
        told.append({**_facts(outcome), "planted": len(promise.planted), "missed": missed})
    write_json({"worlds": worlds, "promises": told}, json)
    click.echo(f"promises: {len(PROMISES) - broken} kept, {broken} broken")
    ctx.exit(1 if broken else 0)


def _line(outcome: Outcome, promise: Promise, missed: list[str]) -> str:
    word = "kept  " if outcome.kept else "BROKEN"
    faults = f"; {len(promise.planted) - len(missed)} of {len(promise.planted)} planted faults caught"
    return f"{word} {outcome.rate:.3f}  {outcome.name}{faults if promise.planted else ''}"


def _facts(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.name,
        "rate": outcome.rate,
        "least": outcome.least,
        "most": outcome.most,
        "kept": outcome.kept,
    }
