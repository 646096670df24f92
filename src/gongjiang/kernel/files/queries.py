"""What the pages read of files."""

from django.db.models import QuerySet

from .models import File


def files_of(case: int) -> QuerySet[File]:
    """The files that a case holds now, in the order in which they came."""
    return (
        File.objects.filter(case=case, removed_at=None).select_related("person").order_by("uploaded_at", "pk")
    )
