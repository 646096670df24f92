"""The addresses, by face: MY hangs below /my/registry/, DESK below /desk/registry/."""

from django.urls import path

from . import views

MY = [
    path("growth/", views.GrowthRecord.as_view(), name="growth"),
    path("growth/<int:pk>/object/", views.ObjectTo.as_view(), name="object"),
    path("corrections/<int:pk>/", views.MyCorrection.as_view(), name="my-correction"),
]

DESK = [
    path("enterprises/", views.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", views.EnterprisePage.as_view(), name="enterprise"),
    path("enterprises/<int:pk>/code/", views.GiveCode.as_view(), name="give-code"),
    path("enterprises/import/", views.ImportEnterprises.as_view(), name="import-enterprises"),
    path("candidates/", views.Candidates.as_view(), name="candidates"),
    path("candidates/<int:pk>/", views.Settle.as_view(), name="settle"),
    path("workers/", views.Workers.as_view(), name="workers"),
    path("workers/roster/", views.Roster.as_view(), name="roster"),
    path("workers/<int:pk>/", views.WorkerPage.as_view(), name="worker"),
    path("workers/<int:pk>/<slug:what>/", views.RevealNumber.as_view(), name="reveal"),
    path("import/", views.ImportRoster.as_view(), name="import"),
    path("absent/", views.AbsentList.as_view(), name="absent"),
    path("absent/answer/", views.AnswerAbsent.as_view(), name="answer-absent"),
    path("structure/", views.StructurePage.as_view(), name="structure"),
    path("quality/", views.QualityPage.as_view(), name="quality"),
    path("quality/<slug:check>/mend/", views.AskToMend.as_view(), name="mend"),
    path("corrections/", views.Corrections.as_view(), name="corrections"),
    path("corrections/<int:pk>/", views.CorrectionPage.as_view(), name="correction"),
]
