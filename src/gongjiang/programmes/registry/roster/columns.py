"""The columns of a roster, and what may stand in them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.orgs.models import Level
from gongjiang.kernel.people.identity import (
    BadIdentifier,
    credit_code,
    identity_number,
    normal,
    phone_number,
)
from gongjiang.kernel.people.models import (
    Education,
    EmploymentForm,
    Hukou,
    PostClass,
    Sex,
)

SEXES = {
    "男": Sex.MALE, "女": Sex.FEMALE, "male": Sex.MALE, "female": Sex.FEMALE,
    "男性": Sex.MALE, "女性": Sex.FEMALE, "M": Sex.MALE, "F": Sex.FEMALE,
}  # fmt: skip
POST_CLASSES = {
    "生产一线": PostClass.PRODUCTION, "专业技术": PostClass.TECHNICAL,
    "管理": PostClass.MANAGEMENT, "服务": PostClass.SERVICE,
    "production": PostClass.PRODUCTION, "technical": PostClass.TECHNICAL, "management": PostClass.MANAGEMENT,
    "service": PostClass.SERVICE, "一线": PostClass.PRODUCTION, "生产": PostClass.PRODUCTION,
    "生产人员": PostClass.PRODUCTION, "一线工人": PostClass.PRODUCTION, "技术": PostClass.TECHNICAL,
    "专技": PostClass.TECHNICAL, "技术人员": PostClass.TECHNICAL, "专业技术人员": PostClass.TECHNICAL,
    "管理人员": PostClass.MANAGEMENT, "管理岗": PostClass.MANAGEMENT, "服务人员": PostClass.SERVICE,
    "后勤": PostClass.SERVICE, "后勤服务": PostClass.SERVICE, "production line": PostClass.PRODUCTION,
    "technical staff": PostClass.TECHNICAL, "service staff": PostClass.SERVICE,
}  # fmt: skip
FORMS = {
    "合同": EmploymentForm.CONTRACT, "派遣": EmploymentForm.AGENCY, "灵活": EmploymentForm.FLEXIBLE,
    "平台": EmploymentForm.PLATFORM, "实习": EmploymentForm.INTERN, "劳动合同": EmploymentForm.CONTRACT,
    "合同制": EmploymentForm.CONTRACT, "合同工": EmploymentForm.CONTRACT, "劳务派遣": EmploymentForm.AGENCY,
    "派遣工": EmploymentForm.AGENCY, "灵活就业": EmploymentForm.FLEXIBLE, "平台用工": EmploymentForm.PLATFORM,
    "实习生": EmploymentForm.INTERN, "contract": EmploymentForm.CONTRACT, "agency": EmploymentForm.AGENCY,
    "flexible": EmploymentForm.FLEXIBLE, "platform": EmploymentForm.PLATFORM, "internship": EmploymentForm.INTERN,
}  # fmt: skip
YES_NO = {"是": True, "否": False, "yes": True, "no": False}
HUKOU = {
    "农业": Hukou.RURAL, "非农业": Hukou.URBAN, "农村": Hukou.RURAL, "城镇": Hukou.URBAN, "农业户口": Hukou.RURAL,
    "非农业户口": Hukou.URBAN, "农村户口": Hukou.RURAL, "城镇户口": Hukou.URBAN, "rural": Hukou.RURAL,
    "urban": Hukou.URBAN,
}  # fmt: skip
SCHOOLING = {
    "小学": Education.PRIMARY, "初中": Education.LOWER_SECONDARY, "高中": Education.UPPER_SECONDARY,
    "大专": Education.COLLEGE, "本科": Education.BACHELOR, "硕士": Education.MASTER, "博士": Education.DOCTOR,
    "小学及以下": Education.PRIMARY, "中专": Education.UPPER_SECONDARY, "技校": Education.UPPER_SECONDARY,
    "职高": Education.UPPER_SECONDARY, "中技": Education.UPPER_SECONDARY, "专科": Education.COLLEGE,
    "大学专科": Education.COLLEGE, "高职": Education.COLLEGE, "大学本科": Education.BACHELOR,
    "研究生": Education.MASTER, "硕士研究生": Education.MASTER, "博士研究生": Education.DOCTOR,
}  # fmt: skip


def _identity(cell: cells.Cell) -> str:
    return identity_number(cells.text(cell))


def _phone(cell: cells.Cell) -> str:
    """The refusal does not repeat the number: it is kept with the row."""
    written = normal(cells.text(cell))
    try:
        return phone_number(written)
    except BadIdentifier:
        raise cells.BadCell(
            _("it has %(now)s characters; a mobile number has eleven digits and begins with 1")
            % {"now": len(written)}
        ) from None


def _credit_code(cell: cells.Cell) -> str:
    return credit_code(cells.text(cell))


def is_of_several(batch: ImportBatch) -> bool:
    """Whether the file of this unit speaks of several enterprises and so must name one in each row."""
    return batch.unit.level != Level.ENTERPRISE


COLUMNS = (
    Column(
        "name", c("roster", "Name"), cells.short(60), ("姓名", "职工姓名", "员工姓名", "full name"), required=True,
        examples=("王演示", "李演示"),
    ),
    Column(
        "identity", c("roster", "Identity number"), _identity,
        ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号", "证件号码", "证件号", "ID number", "ID"),
        required=True, examples=("0004231990010112__", "0004231985063000__"),
        hint=gettext_lazy("18 characters, as text"),
    ),
    Column(
        "phone", c("roster", "Mobile phone"), _phone,
        ("手机号", "手机号码", "手机", "联系电话", "电话", "phone", "mobile"),
        examples=("10000000001", "10000000002"),
    ),
    Column(
        "sex", c("roster", "Sex"), cells.one_of(SEXES), ("性别", "gender"), examples=("男", "女"),
        hint=gettext_lazy("may be left out: the identity number states it"),
    ),
    Column(
        "post", c("roster", "Post"), cells.short(100), ("岗位", "岗位名称", "工种", "职务", "job"),
        examples=("综采维修电工", "化验员"),
    ),
    Column(
        "post_class", c("roster", "Post class"), cells.one_of(POST_CLASSES),
        ("岗位类别", "岗位类型", "人员类别", "岗位性质"),
        required=True, examples=("生产一线", "专业技术"),
        hint=gettext_lazy("production, technical, management or service"),
    ),
    Column(
        "since", c("roster", "Working here since"), cells.day,
        ("入职日期", "入职时间", "进厂日期", "到岗日期", "start date", "joined"),
        required=True, examples=("2019-03-01", "2020-07-15"),
    ),
    Column(
        "form", c("roster", "Form of employment"), cells.one_of(FORMS), ("用工形式", "用工类型", "合同类型"),
        examples=("合同", "派遣"), hint=gettext_lazy("contract, agency, flexible, platform or internship"),
    ),
    Column(
        "wage", c("roster", "Wage is the main income"), cells.one_of(YES_NO),
        ("工资为主要收入", "是否以工资为主要收入"),
        examples=("是", "是"), hint=gettext_lazy("yes or no; whether somebody is an industrial worker depends on it"),
    ),
    Column(
        "hukou", c("roster", "Household registration"), cells.one_of(HUKOU), ("户籍", "户口性质", "户籍类型", "hukou"),
        examples=("农业", "非农业"), hint=gettext_lazy("may be left out; empty is not known"),
    ),
    Column(
        "education", c("roster", "Schooling"), cells.one_of(SCHOOLING), ("学历", "文化程度", "最高学历", "education"),
        examples=("高中", "大专"), hint=gettext_lazy("may be left out; empty is not known"),
    ),
    Column(
        "uscc", c("roster", "Credit code of the enterprise"), _credit_code,
        ("企业统一社会信用代码", "统一社会信用代码", "信用代码", "单位统一社会信用代码", "USCC"),
        hint=gettext_lazy("may be left out where the whole file is of your own enterprise"),
    ),
)  # fmt: skip
