"""Word and PDF out of one text."""

from .paper import Paper
from .pdf import NoFont, pdf
from .word import word

__all__ = ["NoFont", "Paper", "pdf", "word"]
