"""How one field of a form is drawn: label, hint, message, control, tied together for screen readers."""

from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.translation import get_language

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def draw(bound: BoundField) -> dict[str, Any]:
    """What the template of a field needs."""
    widget = bound.field.widget
    group = isinstance(widget, GROUPS)
    single = isinstance(widget, forms.CheckboxInput)
    files = isinstance(widget, forms.FileInput)
    ident = bound.id_for_label if not group else bound.auto_id
    attrs: dict[str, Any] = {}
    if not (group or single or files):
        attrs["class"] = _class(widget)
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    if not group:
        attrs["aria-describedby"] = " ".join(described) or None
        attrs["aria-invalid"] = "true" if bound.errors else None
    return {
        "bound": bound,
        "id": ident,
        "anchor": bound.auto_id,
        "group": group,
        "single": single,
        "files": files,
        "text": isinstance(widget, forms.TextInput),
        "required": bound.field.required,
        "described": " ".join(described),
        "choices": list(bound.subwidgets) if group else [],
        "control": "" if group else bound.as_widget(attrs={k: v for k, v in attrs.items() if v}),
    }


def _class(widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    kinds = ((forms.Select, "select"), (forms.Textarea, "textarea"))
    kind = next((css for widgets, css in kinds if isinstance(widget, widgets)), "input")
    short = " short" if isinstance(widget, (forms.DateInput, forms.NumberInput, forms.TimeInput)) else ""
    return f"{kind}{short} {own}".strip()


def problems(form: BaseForm) -> list[tuple[str, str]]:
    """(anchor, sentence) for everything wrong with a form, in the order of its fields; the whole form's first."""
    found = [("", str(e)) for e in form.non_field_errors()]
    between = "：" if str(get_language()).startswith("zh") else ": "
    for bound in form:
        target = bound.auto_id if isinstance(bound.field.widget, GROUPS) else bound.id_for_label
        found += [(target or "", f"{bound.label}{between}{e}") for e in bound.errors]
    return found
