"""Below /desk/calendar/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.CalendarPage.as_view(), name="calendar"),
    path("close/", views.Close.as_view(), name="calendar-close"),
    path("closures/<int:pk>/", views.Reopen.as_view(), name="calendar-reopen"),
    path("limits/new/", views.Propose.as_view(), name="limit-new"),
    path("limits/<int:pk>/confirm/", views.Confirm.as_view(), name="limit-confirm"),
    path("limits/<int:pk>/take-back/", views.TakeBack.as_view(), name="limit-take-back"),
    path("limits/<int:pk>/end/", views.End.as_view(), name="limit-end"),
]
