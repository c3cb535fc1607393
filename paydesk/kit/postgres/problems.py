"""What can go wrong with the embedded server, said so that a person knows what to do.

Every problem carries a stable code for programs and a text for people, in the language of
the terminal. It never hides the cause: the server's own last words are part of the text.
"""

import os


def speaks_chinese() -> bool:
    """Whether the terminal asks for Chinese (LC_ALL, LC_MESSAGES, LANG: first set one wins)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.lower().startswith("zh")
    return False


def say(zh: str, en: str) -> str:
    """The text in the language of the terminal."""
    return zh if speaks_chinese() else en


class PostgresProblem(Exception):
    """The embedded server can't do what was asked; `code` is stable, the text is for people."""

    def __init__(self, code: str, *, zh: str, en: str, log: str = "") -> None:
        self.code = code
        self.log = log
        text = say(zh, en)
        if log:
            text += say("\n服务器日志的最后几行:\n", "\nThe server's last words:\n") + log
        super().__init__(text)
