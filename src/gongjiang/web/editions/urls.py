"""Below /desk/editions/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.EditionList.as_view(), name="editions"),
    path("new/<slug:programme>/", views.Prepare.as_view(), name="edition-new"),
    path("<int:pk>/", views.EditionPage.as_view(), name="edition"),
    path("<int:pk>/change/", views.Change.as_view(), name="edition-change"),
    path("<int:pk>/places/", views.Places.as_view(), name="edition-places"),
    path("<int:pk>/<slug:name>/", views.Advance.as_view(), name="edition-step"),
]
