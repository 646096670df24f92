"""Addresses of the pages about the union tree."""

from django.urls import path

from . import views

app_name = "orgs"
urlpatterns = [
    path("", views.Units.as_view(), name="units"),
    path("changes/", views.Changes.as_view(), name="changes"),
    path("changes/<int:pk>/", views.ChangePage.as_view(), name="change"),
    path("changes/<int:pk>/decide/", views.Decide.as_view(), name="decide"),
    path("changes/<int:pk>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("<int:pk>/", views.UnitPage.as_view(), name="unit"),
    path("<int:pk>/below/", views.Below.as_view(), name="below"),
    path("<int:pk>/propose/<slug:kind>/", views.Propose.as_view(), name="propose"),
]
