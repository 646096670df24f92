"""Addresses of documents."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/documents/", views.Documents.as_view(), name="documents"),
    path("desk/documents/new/", views.New.as_view(), name="document-new"),
    path("desk/documents/register/", views.Register.as_view(), name="document-register"),
    path("desk/documents/numbers/", views.Numbers.as_view(), name="document-numbers"),
    path("desk/documents/<int:pk>/", views.DocumentPage.as_view(), name="document"),
    path("desk/documents/<int:pk>/files/<int:file>/", views.File.as_view(), name="document-file"),
    *[
        path(f"desk/documents/<int:pk>/{name}/", step.as_view(), name=f"document-{name}")
        for name, step in views.STEPS.items()
    ],
]
