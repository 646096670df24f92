"""Addresses below /desk/people/ and /my/consents/."""

from django.urls import path

from . import views

DESK = [
    path("matches/", views.Matches.as_view(), name="matches"),
    path("matches/<int:pk>/", views.Match.as_view(), name="match"),
    path("matches/<int:pk>/apart/", views.KeepApart.as_view(), name="match-apart"),
    path("matches/<int:pk>/again/", views.LookAgain.as_view(), name="match-again"),
    path("matches/<int:pk>/confirm/", views.Confirm.as_view(), name="match-confirm"),
    path("matches/<int:pk>/decline/", views.Decline.as_view(), name="match-decline"),
    path("matches/<int:pk>/undo/", views.Undo.as_view(), name="match-undo"),
]
MY = [
    path("", views.MyConsents.as_view(), name="my-consents"),
    path("<slug:purpose>/", views.GiveConsent.as_view(), name="consent"),
    path("<slug:purpose>/withdraw/", views.WithdrawConsent.as_view(), name="consent-withdraw"),
]
