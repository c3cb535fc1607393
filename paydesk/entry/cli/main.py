"""Reads the command line, hands the command a database, and runs it.

A command is a module with `run(options) -> int`, loaded by name once its database address
is known: Django reads its settings on first import. It never prints a traceback for a
problem that a person can put right.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import FrameType

import django

from paydesk.entry.cli import children, handed
from paydesk.kit.postgres.problems import PostgresProblem, say


class Needs(Enum):
    """What must be there before the command's module is loaded."""

    NOTHING = "nothing"
    DJANGO = "the settings"
    APP = "the database as the app role"
    OWNER = "the database as the owner"


Options = Callable[[argparse.ArgumentParser], object]


def _no_options(_parser: argparse.ArgumentParser) -> None:
    """Most commands take none."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the command line."""

    module: str
    needs: Needs
    zh: str
    en: str
    options: Options = field(default=_no_options)


def _up_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=int(os.environ.get("PAYDESK_PORT", "8000")))
    parser.add_argument("--host", default=os.environ.get("PAYDESK_HOST", "127.0.0.1"))
    parser.add_argument("--no-demo", action="store_true")


def _web_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=int(os.environ.get("PAYDESK_PORT", "8000")))
    parser.add_argument("--host", default=os.environ.get("PAYDESK_HOST", "127.0.0.1"))


def _verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])


def _staff_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add"])
    parser.add_argument("--name", required=True)
    parser.add_argument("--email", required=True)
    parser.add_argument("--role", required=True, choices=["agent", "supervisor", "admin"])
    parser.add_argument(
        "--brand", action="append", default=[], help=say("默认全部", "default: all")
    )
    parser.add_argument(
        "--no-password",
        action="store_true",
        help=say("由本人用“忘记密码”设置", "they choose it by “forgotten password”"),
    )


HERE = "paydesk.entry.cli"
COMMANDS: dict[str, Command] = {
    "up": Command(f"{HERE}.up", Needs.NOTHING, "启动全部服务", "start everything", _up_options),
    "migrate": Command(
        f"{HERE}.migrate", Needs.OWNER, "更新数据库结构", "bring the database up to date"
    ),
    "prepare": Command(
        f"{HERE}.prepare",
        Needs.DJANGO,
        "编译翻译、收集静态文件",
        "compile texts, gather static files",
    ),
    "seed": Command(f"{HERE}.seed", Needs.APP, "写入演示数据", "fill in the demo data"),
    "web": Command(f"{HERE}.web", Needs.APP, "只启动网页服务", "serve pages only", _web_options),
    "worker": Command(f"{HERE}.worker", Needs.APP, "只启动后台任务", "run jobs only"),
    "check": Command(f"{HERE}.check", Needs.APP, "检查配置", "check the configuration"),
    "staff": Command(
        f"{HERE}.staff", Needs.APP, "添加客服人员", "add a member of staff", _staff_options
    ),
    "ledger": Command(
        f"{HERE}.ledger", Needs.APP, "核对账本", "verify the ledger", _verify_options
    ),
    "audit": Command(
        f"{HERE}.audit", Needs.APP, "核对审计链", "verify the audit chain", _verify_options
    ),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="paydesk")
    words = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.options(words.add_parser(name, help=say(command.zh, command.en)))
    return parser


def _on_terminate(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends us the way Ctrl-C does: everything that was started gets stopped."""
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Run one command; answers the exit status."""
    options = _parser().parse_args(arguments)
    command = COMMANDS[options.command]
    signal.signal(signal.SIGTERM, _on_terminate)
    # Started in the background of a script, Ctrl-C's signal would be ignored from birth.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    children.stop_with_parent()
    try:
        return _run(command, options)
    except PostgresProblem as problem:
        sys.stderr.write(f"paydesk: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: Command, options: argparse.Namespace) -> int:
    if command.needs is Needs.NOTHING:
        return int(importlib.import_module(command.module).run(options))
    if command.needs is Needs.DJANGO:
        return _with_django(command, options)
    with handed.database(as_owner=command.needs is Needs.OWNER):
        return _with_django(command, options)


def _with_django(command: Command, options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return int(importlib.import_module(command.module).run(options))
