"""Every sentence the launcher says, in English and in Chinese side by side."""

from __future__ import annotations

import os


def speaks_chinese(environment: dict[str, str] | None = None) -> bool:
    """Whether the first of LC_ALL, LC_MESSAGES and LANG that is set begins with `zh`."""
    values = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if values.get(name):
            return values[name].lower().startswith("zh")
    return False


class Problem(Exception):
    """Something the reader can mend. Its text is a whole sentence in their language."""

    def __init__(self, key: str, status: int = 1, **values: object) -> None:
        self.key = key
        self.status = status
        super().__init__(text(key, **values))


def text(key: str, **values: object) -> str:
    """The sentence `key` in the reader's language, with `values` filled in."""
    english, chinese = TEXTS[key]
    return (chinese if speaks_chinese() else english).format(**values)


def say(key: str, **values: object) -> None:
    """Print the sentence `key`."""
    print(text(key, **values), flush=True)


TEXTS: dict[str, tuple[str, str]] = {
    "postgres.missing": (
        "The PostgreSQL binaries are missing from {place}. Delete .venv and run the command again.",
        "{place} 里没有 PostgreSQL 程序。请删除 .venv 后重新运行。",
    ),
    "postgres.library": (
        "PostgreSQL cannot start on this system: {reason}",
        "PostgreSQL 无法在本系统上启动：{reason}",
    ),
    "postgres.no_account": (
        "PostgreSQL refuses to run as root and this system has no account 'nobody'. Run as an ordinary user.",
        "PostgreSQL 不能以 root 运行，而本系统没有 nobody 账号。请改用普通用户运行。",
    ),
    "postgres.create_failed": (
        "The database could not be created. PostgreSQL said:\n{reason}",
        "数据库创建失败。PostgreSQL 的说明：\n{reason}",
    ),
    "postgres.start_failed": (
        "The database did not start. Its log {log} ends with:\n{reason}",
        "数据库没有启动。日志 {log} 的末尾是：\n{reason}",
    ),
    "postgres.elsewhere": (
        "  The database files are in {place}: the account they run under may not enter {data}.",
        "  数据库文件放在 {place}：数据库所用的账号进不了 {data}。",
    ),
    "postgres.version": (
        "The database files in {place} belong to PostgreSQL {found}; this version of Gongjiang brings {ours}. "
        "Start with the version that wrote them, or choose another --data.",
        "{place} 里的数据库文件属于 PostgreSQL {found}，而本版本自带 {ours}。请用写入它的版本启动，或用 --data 另选目录。",
    ),
    "postgres.orphan": (
        "  Stopping a database server left behind by an interrupted run (process {pid}).",
        "  正在停止上次中断时遗留的数据库进程（{pid}）。",
    ),
}
