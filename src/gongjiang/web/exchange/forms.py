"""What an import asks: which file, for which unit, and which column holds what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongjiang.kernel.exchange.kinds import ImportKind
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.exchange.reading import MOST_BYTES, MOST_TEXT_BYTES, letters, too_large
from gongjiang.kernel.orgs.models import Unit


class UploadForm(forms.Form):
    """The file; the unit only where somebody acts for several."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("For which unit"), empty_label=None)
    file = forms.FileField(
        label=pgettext_lazy("import", "File"),
        help_text=gettext_lazy(
            ".xlsx or .xls, at most 20 MB and 200,000 rows; .csv, at most 160 MB and 1,200,000 rows"
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": gettext_lazy("No file is chosen. Choose the file with the roster.")},
    )

    def __init__(self, *args: Any, units: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) == 1:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = Unit.objects.filter(pk__in=units).order_by("path")  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        is_text = (file.name or "").lower().endswith(".csv")
        if (file.size or 0) > (MOST_TEXT_BYTES if is_text else MOST_BYTES):
            raise ValidationError(too_large(file.size or 0))
        return file


class ColumnsForm(forms.Form):
    """One choice for each field: the column of the sender's file that holds it."""

    def __init__(self, *args: Any, batch: ImportBatch, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [
            (str(index), f"{letters(index)}　{header}")
            for index, header in enumerate(batch.mapping.headers)
            if header
        ]
        required = {column.name for column in kind.required(batch)}
        for column in kind.columns:
            self.fields[column.name] = forms.ChoiceField(
                label=column.label,
                choices=[("", _("not in this file")), *found],
                required=column.name in required,
                help_text=column.hint if column.required or column.name not in required else "",
                error_messages={
                    "required": _("“%(label)s” is required. Choose the column that holds it.")
                    % {"label": column.label}
                },
            )

    def columns(self) -> dict[str, int]:
        """field -> column, of the fields that have one."""
        return {name: int(index) for name, index in self.cleaned_data.items() if index}
