"""A person's name as the public reads it."""

#: Family names of two characters.
COMPOUND = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "皇甫",
        "东方",
        "司徒",
        "宇文",
        "夏侯",
        "轩辕",
        "长孙",
        "端木",
        "呼延",
        "南宫",
        "闻人",
        "澹台",
    }
)


def mask_name(name: str) -> str:
    """宋丽 → 宋＊, 赵志强 → 赵＊强, 欧阳明月 → 欧阳＊月; the length is not told. Nothing of nothing.

    >>> mask_name("买买提·艾力")
    '买＊·艾＊'
    """
    name = name.strip()
    if "·" in name:
        return name.split("·")[0][:1] + "＊·" + name.split("·")[-1][:1] + "＊"
    family = name[:2] if len(name) > 2 and name[:2] in COMPOUND else name[:1]
    rest = name[len(family) :]
    return f"{family}＊{rest[-1] if len(rest) > 1 else ''}" if name else ""
