"""Addresses below /desk/parameters/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.Programmes.as_view(), name="parameters"),
    path("waiting/", views.Waiting.as_view(), name="proposals"),
    path("waiting/<int:pk>/", views.Decide.as_view(), name="proposal"),
    path("<slug:programme>/", views.Values.as_view(), name="parameter-values"),
    path("<slug:programme>/<slug:name>/", views.History.as_view(), name="parameter"),
    path("<slug:programme>/<slug:name>/change/", views.Change.as_view(), name="parameter-change"),
]
