"""Addresses of the import pages."""

from django.urls import path

from . import views

app_name = "exchange"
urlpatterns = [
    path("", views.Batches.as_view(), name="batches"),
    path("<str:kind>/template.xlsx", views.Template.as_view(), name="template"),
    path("<int:pk>/", views.BatchPage.as_view(), name="batch"),
    path("<int:pk>/rows/", views.Lines.as_view(), name="lines"),
    path("<int:pk>/columns/", views.Columns.as_view(), name="columns"),
    path("<int:pk>/confirm/", views.Confirm.as_view(), name="confirm"),
    path("<int:pk>/stop/", views.Stop.as_view(), name="stop"),
    path("<int:pk>/continue/", views.Continue.as_view(), name="continue"),
    path("<int:pk>/undo/", views.Undo.as_view(), name="undo"),
    path("<int:pk>/errors.xlsx", views.Errors.as_view(), name="errors"),
]
