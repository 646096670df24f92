"""Word, with python-docx. Fonts are named and not carried: Word takes what the reader's machine has."""

import io
from typing import Any

from docx import Document as new_document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as TO
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gongjiang.kernel.documents.kinds import Layout
from gongjiang.kernel.documents.text import Block, Shape, blocks

from .paper import Paper, png

RED = RGBColor(0xB3, 0x26, 0x1E)
BODY, HEAD, SANS = "仿宋", "宋体", "黑体"


def word(paper: Paper) -> bytes:
    """The document as .docx."""
    made = new_document()
    made.core_properties.title = paper.title
    made.core_properties.author = paper.issuer
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if paper.layout == Layout.CERTIFICATE:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(34)
        section.top_margin = section.bottom_margin = Mm(22)
        _certificate(made, paper)
    else:
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        _letter(made, paper)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _letter(made: Any, paper: Paper) -> None:
    _line(made, paper.issuer, size=30, font=HEAD, to=TO.CENTER, bold=True, color=RED)
    number = _line(made, paper.number, size=16, to=TO.CENTER)
    _rule_below(number)
    _line(made, paper.title, size=22, font=HEAD, to=TO.CENTER, bold=True, before=18, after=12)
    for block in blocks(paper.text):
        _block(made, block, 16)
    _line(made, paper.issuer, size=16, to=TO.RIGHT, before=36, indent_right=2)
    _line(made, paper.day, size=16, to=TO.RIGHT, indent_right=2)


def _certificate(made: Any, paper: Paper) -> None:
    _line(made, paper.title, size=34, font=HEAD, to=TO.CENTER, bold=True, color=RED)
    _line(made, paper.number, size=12, to=TO.CENTER, after=12)
    for block in blocks(paper.text):
        _block(made, block, 17)
    _line(made, paper.issuer, size=17, to=TO.RIGHT, before=18)
    _line(made, paper.day, size=17, to=TO.RIGHT)
    if paper.address:
        made.add_paragraph().add_run().add_picture(io.BytesIO(png(paper.address)), width=Mm(26))
    if paper.code:
        _line(made, f"验证码　{paper.code}", size=10, font=SANS)
    if paper.address:
        _line(made, f"扫码或访问下面的网址核验真伪：{paper.address}", size=10, font=SANS)


def _block(made: Any, block: Block, size: int) -> None:
    match block.shape:
        case Shape.TABLE:
            table = made.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for n, row in enumerate(block.rows):
                for cell, value in zip(table.add_row().cells, row, strict=True):
                    _write(cell.paragraphs[0], value, size - 2, SANS if n == 0 else BODY)
            made.add_paragraph()
        case Shape.HEADING:
            _line(made, block.text, size=size, font=SANS, bold=True, before=6)
        case Shape.LARGE:
            _line(made, block.text, size=int(size * 1.7), to=TO.CENTER, after=8)
        case Shape.RIGHT:
            _line(made, block.text, size=size, to=TO.RIGHT)
        case Shape.FLUSH:
            _line(made, block.text, size=size)
        case Shape.PARAGRAPH:
            line = _line(made, block.text, size=size, to=TO.JUSTIFY)
            line.paragraph_format.first_line_indent = Pt(size * 2)


def _line(
    made: Any,
    text: str,
    *,
    size: int,
    font: str = BODY,
    to: Any = None,
    bold: bool = False,
    color: RGBColor | None = None,
    before: int = 0,
    after: int = 0,
    indent_right: int = 0,
) -> Any:
    paragraph = made.add_paragraph()
    paragraph.alignment = to
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.5
    if indent_right:
        shape.right_indent = Pt(size * indent_right)
    _write(paragraph, text, size, font, bold=bold, color=color)
    return paragraph


def _write(
    paragraph: Any, text: str, size: int, font: str, *, bold: bool = False, color: RGBColor | None = None
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.font.bold = Pt(size), font, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if color is not None:
        run.font.color.rgb = color


def _rule_below(paragraph: Any) -> None:
    """The red line of a letterhead."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "B3261E")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)
