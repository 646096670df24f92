from django.urls import path

from . import views

DESK = [
    path("enterprises/", views.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", views.EnterprisePage.as_view(), name="enterprise"),
    path("workers/", views.Workers.as_view(), name="workers"),
    path("workers/<int:pk>/", views.WorkerPage.as_view(), name="worker"),
    path("workers/<int:pk>/<slug:what>/", views.RevealNumber.as_view(), name="reveal"),
    path("import/", views.ImportRoster.as_view(), name="import"),
]
