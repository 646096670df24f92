"""The smallest honest programme: one table, one flow, one figure. A template to copy, and the kernel's test."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.programme import Programme

PROGRAMME = Programme(name="_example", label=_("Example"), example=True)
