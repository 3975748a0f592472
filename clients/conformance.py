#!/usr/bin/env python3
"""Calls every covered operation of Zendesk's API on a demo desk, and compares the answers with the specifications.

A development tool; the tests don't run it. SPECS is a folder with `ticketing.openapi.yaml`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conform import behaviour, extra
from conform.covered import is_covered
from conform.run import Verdict, judge
from conform.spec import Operation, Spec
from conform.world import World
from desk import Desk, demo_desk


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", type=Path, metavar="SPECS", help="folder of the specification files")
    parser.add_argument("--url", help="a running demo desk; without it one is started (TUGI_BIN names the program)")
    parser.add_argument("--smtp", metavar="HOST:PORT", help="where that desk receives mail")
    parser.add_argument("--only", default="", help="only operations whose tag or path contains this text")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown, and nothing else")
    parser.add_argument("--missing", action="store_true", help="also list keys of the examples that answers lack")
    return parser.parse_args()


def run(options: argparse.Namespace, desk: Desk) -> list[Verdict]:
    """Every covered operation that was asked for; then the behaviour that no specification states."""
    spec, world = Spec(options.specs / "ticketing.openapi.yaml"), World(desk)
    operations = [one for one in [*spec.operations(), *extra.OPERATIONS] if is_covered(one) or one in extra.OPERATIONS]
    wanted = [one for one in operations if options.only.lower() in f"{one.tag} {one.key}".lower()]
    # What takes things away comes last, and of these what takes away the most.
    wanted.sort(
        key=lambda one: (
            one.path.endswith(("/password", "logout_many", "me/logout")),
            one.method == "DELETE",
            one.tag,
            one.path,
        )
    )
    try:
        verdicts = [judge(spec, one, world) for one in wanted]
        if not options.markdown and (not options.only or options.only == "behaviour"):
            print_behaviour(World(desk), operations)
        return verdicts
    finally:
        world.clean()


def print_behaviour(world: World, operations: list[Operation]) -> None:
    """The checks of behaviour, with what they found."""
    for name, says, found in behaviour.run(world, operations):
        print(f"{'ok    ' if not found else 'FAULTY'} {name}: {says}")
        for one in found:
            print(f"    {one}")
    print()
    world.clean()


COLUMNS = ("covered", "answered", "valid", "complete")


def numbers(verdicts: list[Verdict]) -> dict[str, tuple[int, ...]]:
    """How many operations are covered, answered, valid and complete, by tag and in all."""
    counts: dict[str, list[int]] = {}
    for one in verdicts:
        met = (True, one.answered, one.valid, one.valid and not one.missing)
        for tag in (one.operation.tag, "~all"):
            counts[tag] = [a + b for a, b in zip(counts.get(tag, [0] * 4), met, strict=True)]
    return {"in all" if tag == "~all" else tag: tuple(counts[tag]) for tag in sorted(counts)}


def table(verdicts: list[Verdict], markdown: bool) -> str:
    """The numbers, for a terminal or a document."""
    rows = numbers(verdicts)
    if markdown:
        lines = [f"| tag | {' | '.join(COLUMNS)} |", "|---|" + "--:|" * len(COLUMNS)]
        return "\n".join(lines + [f"| {tag} | {' | '.join(map(str, row))} |" for tag, row in rows.items()])
    lines = [f"{'tag':34}" + "".join(f"{name:>10}" for name in COLUMNS)]
    return "\n".join(lines + [f"{tag:34}" + "".join(f"{value:10}" for value in row) for tag, row in rows.items()])


def main() -> int:
    """Prints the table and what is wrong; fails when an operation isn't valid."""
    options = arguments()
    if options.url:
        verdicts = run(options, Desk(options.url, smtp=options.smtp))
    else:
        with demo_desk() as desk:
            verdicts = run(options, desk)
    if options.markdown:
        print(table(verdicts, markdown=True))
        return 0
    for one in sorted(verdicts, key=lambda one: (one.operation.tag, one.operation.path)):
        if one.differences:
            more = f"  (and {len(one.differences) - 1} more)" if len(one.differences) > 1 else ""
            print(f"{one.operation.tag} | {one.operation.key}\n    {one.differences[0]}{more}")
        elif one.missing and options.missing:
            print(f"{one.operation.tag} | {one.operation.key}\n    lacks {', '.join(one.missing)}")
    print()
    print(table(verdicts, markdown=False))
    return 0 if all(one.valid for one in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
