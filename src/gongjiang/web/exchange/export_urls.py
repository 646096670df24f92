"""Addresses of the export pages."""

from django.urls import path

from . import exports

app_name = "exports"
urlpatterns = [
    path("", exports.Exports.as_view(), name="mine"),
    path("new/", exports.NewExport.as_view(), name="new"),
    path("<int:pk>/", exports.ExportPage.as_view(), name="job"),
    path("<int:pk>/stop/", exports.Stop.as_view(), name="stop"),
    path("<int:pk>/again/", exports.Again.as_view(), name="again"),
    path("<int:pk>/file/", exports.Fetch.as_view(), name="file"),
]
