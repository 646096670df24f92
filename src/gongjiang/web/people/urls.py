"""Addresses below /desk/people/, /my/about-myself/ and /my/consents/."""

from django.urls import path

from . import consents, particulars, views

DESK = [
    path("matches/", views.Matches.as_view(), name="matches"),
    path("matches/<int:pk>/", views.Match.as_view(), name="match"),
    path("matches/<int:pk>/apart/", views.KeepApart.as_view(), name="match-apart"),
    path("matches/<int:pk>/again/", views.LookAgain.as_view(), name="match-again"),
    path("matches/<int:pk>/confirm/", views.Confirm.as_view(), name="match-confirm"),
    path("matches/<int:pk>/decline/", views.Decline.as_view(), name="match-decline"),
    path("matches/<int:pk>/undo/", views.Undo.as_view(), name="match-undo"),
    path("<int:pk>/consents/", consents.WorkerConsents.as_view(), name="worker-consents"),
    path("<int:pk>/consents/<slug:purpose>/", consents.RecordConsent.as_view(), name="worker-consent"),
    path(
        "<int:pk>/consents/<slug:purpose>/withdraw/",
        consents.RecordWithdrawal.as_view(),
        name="worker-consent-withdraw",
    ),
    path(
        "<int:pk>/consents/<slug:purpose>/paper/",
        consents.AddPaper.as_view(),
        name="worker-consent-add-paper",
    ),
    path("<int:pk>/papers/<uuid:paper>/", consents.WorkerPaper.as_view(), name="worker-consent-paper"),
]
PARTICULARS = [path("", particulars.MyParticulars.as_view(), name="my-particulars")]
MY = [
    path("", consents.MyConsents.as_view(), name="my-consents"),
    path("<slug:purpose>/", consents.GiveConsent.as_view(), name="consent"),
    path("<slug:purpose>/withdraw/", consents.WithdrawConsent.as_view(), name="consent-withdraw"),
    path("papers/<uuid:paper>/", consents.Paper.as_view(), name="consent-paper"),
]
