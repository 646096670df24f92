from django.urls import path

from . import views

urlpatterns = [
    path("", views.Overview.as_view(), name="cockpit"),
    path("figure/<str:code>/<str:unit>/", views.FigurePage.as_view(), name="figure"),
    path("<str:unit>/", views.Overview.as_view(), name="cockpit-unit"),
]
