"""Invented identities: valid in form and check digit, and impossible in real life (decision 0003).

Identity numbers and credit codes carry a division whose first two digits are 00, a province that has never
existed; phones begin with 100, which no subscriber has; every given name is 演 and a pair
of the sexagenary cycle; every enterprise is called 示例.
"""

from collections import defaultdict
from datetime import date

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
#: The sixty pairs of the cycle in their order, then the sixty that the cycle never forms.
PAIRS = [STEMS[n % 10] + BRANCHES[(n + n // 60) % 12] for n in range(120)]
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = ["演" + pair for pair in PAIRS]
NAMES = [surname + given for given in GIVEN for surname in SURNAMES]

NOWHERE = "00"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def is_invented(number: str) -> bool:
    """Whether an identity number or credit code is of the demo, and so of nobody."""
    return number.startswith(NOWHERE) or (number[2:4] == NOWHERE and number[8:11] == "DEM")


class IdentityNumbers:
    """Hands out identity numbers, each once: men odd, women even in the seventeenth place (GB 11643)."""

    def __init__(self) -> None:
        self._given: defaultdict[tuple[str, int, bool], int] = defaultdict(int)

    def issue(self, county: str, born_on: date, male: bool) -> str:
        """A new number for somebody born that day in a county, whose first two digits are replaced by 00.

        Raises OverflowError after 500 men or 499 women of one day in one county.
        """
        key = (county, born_on.toordinal(), male)
        turn = self._given[key]
        self._given[key] = turn + 1
        order = 2 * turn + (1 if male else 2)
        if order > 999:
            raise OverflowError(f"{county} {born_on}: no order number is left for that day")
        body = f"{NOWHERE}{county[2:6]}{born_on:%Y%m%d}{order:03d}"
        return body + "10X98765432"[int(body, 13) * 2 % 11]


def phone(serial: int) -> str:
    """Eleven digits that begin with 100: the form of a mobile number, dialled by nobody."""
    return f"100{serial:08d}"


def credit_code(county: str, serial: int, kind: str = "91") -> str:
    """A unified social credit code (GB 32100) of a division 00xxxx and an organisation DEM….

    kind    registering authority and type: 91 enterprise, 12 public institution, 93 farmers' cooperative
    """
    organisation = f"DEM{serial:05d}"
    total = sum(w * int(c, 36) for w, c in zip(ORGANISATION_WEIGHTS, organisation, strict=True))
    organisation += "0123456789X0"[(11 - total % 11) % 11]
    body = f"{kind}{NOWHERE}{county[2:6]}{organisation}"
    check = sum(w * CREDIT_ALPHABET.index(c) for w, c in zip(CREDIT_WEIGHTS, body, strict=True))
    return body + CREDIT_ALPHABET[-check % 31]
