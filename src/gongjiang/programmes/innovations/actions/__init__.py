"""What may be done with results and entries: the only writer of this programme's rows."""

from .benefit import claim, mend_claim, sign, sign_payback, take_back
from .entries import (
    add_slides,
    check_on_site,
    give_grades,
    name_in_public,
    pay_union_awards,
    plan_roadshow,
    send_up,
    set_prizes,
)
from .library import answer, ask_for, convert, read_payback
from .results import (
    FIELDS,
    OPEN,
    Maker,
    add_papers,
    colleagues,
    file_result,
    judge,
    recommend,
    revise,
    revoke,
)
from .rights import add_patent, grant_patent, pay_reward, void_reward
from .tables import Compared, bring_table, compare_table

__all__ = [
    "FIELDS",
    "OPEN",
    "Compared",
    "Maker",
    "add_papers",
    "add_patent",
    "add_slides",
    "answer",
    "ask_for",
    "bring_table",
    "check_on_site",
    "claim",
    "colleagues",
    "compare_table",
    "convert",
    "file_result",
    "give_grades",
    "grant_patent",
    "judge",
    "mend_claim",
    "name_in_public",
    "pay_reward",
    "pay_union_awards",
    "plan_roadshow",
    "read_payback",
    "recommend",
    "revise",
    "revoke",
    "send_up",
    "set_prizes",
    "sign",
    "sign_payback",
    "take_back",
    "void_reward",
]
