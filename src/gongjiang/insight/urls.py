"""Insight's addresses: the cockpit, and what the public may know of a figure."""

from django.urls import include, path

from .cockpit.public import PublicFigurePage

urlpatterns = [
    path("cockpit/", include("gongjiang.insight.cockpit.urls")),
    path("figures/<str:code>/", PublicFigurePage.as_view(), name="public-figure"),
]
