from django.urls import path

from . import views

PUBLIC = [path("", views.Public.as_view(), name="public")]

MY = [
    path("", views.Mine.as_view(), name="mine"),
    path("new/", views.NewClaim.as_view(), name="new"),
    path("<int:pk>/", views.MyClaim.as_view(), name="my-claim"),
    path("<int:pk>/edit/", views.EditClaim.as_view(), name="edit"),
    path("<int:pk>/account/", views.MyAccount.as_view(), name="my-account"),
]

DESK = [
    path("", views.Claims.as_view(), name="desk"),
    path("<int:pk>/", views.ClaimPage.as_view(), name="claim"),
    path("<int:pk>/edit/", views.EditFor.as_view(), name="edit-for"),
    path("<int:pk>/account/", views.Account.as_view(), name="account"),
    path("<int:pk>/correct/", views.Correct.as_view(), name="correct"),
    path("<int:pk>/ask-back/", views.AskBack.as_view(), name="ask-back"),
    path("adjustments/<int:pk>/", views.MoneyBack.as_view(), name="money-back"),
    path("settlements/", views.Settlements.as_view(), name="settlements"),
    path("settlements/import/", views.ImportSettlements.as_view(), name="import-settlements"),
    path("enrolments/", views.Enrolments.as_view(), name="enrolments"),
    path("enrolments/import/", views.ImportRoster.as_view(), name="import-roster"),
    path("enrolments/<int:pk>/", views.EnrolmentPage.as_view(), name="enrolment"),
    path("enrolments/<int:pk>/match/", views.Match.as_view(), name="match"),
    path("covers/", views.Covers.as_view(), name="covers"),
    path("covers/roster/", views.RosterFile.as_view(), name="roster"),
    path("covers/<int:pk>/claim/", views.FileFor.as_view(), name="file-for"),
    path("receipts/", views.Receipts.as_view(), name="receipts"),
    path("receipts/new/", views.NewReceipt.as_view(), name="new-receipt"),
    path("batches/", views.Batches.as_view(), name="batches"),
    path("batches/<int:pk>/", views.BatchPage.as_view(), name="batch"),
    path("batches/<int:pk>/release/", views.Release.as_view(), name="release"),
    path("batches/<int:pk>/give-up/", views.CancelBatch.as_view(), name="cancel-batch"),
    path("batches/<int:pk>/file/", views.BatchFile.as_view(), name="batch-file"),
    path("batches/<int:pk>/answer/", views.Answer.as_view(), name="bank-answer"),
    path("periods/", views.Periods.as_view(), name="periods"),
    path("periods/<int:pk>/", views.PeriodPage.as_view(), name="period"),
    path("periods/<int:pk>/set/", views.SetPeriod.as_view(), name="set-period"),
    path("periods/<int:pk>/batch/", views.NewBatch.as_view(), name="new-batch"),
    path("periods/<int:pk>/rehearsal/", views.Rehearsal.as_view(), name="rehearsal"),
    path("relatives/", views.Relatives.as_view(), name="relatives"),
    path("relatives/new/", views.Declare.as_view(), name="declare"),
    path("relatives/<int:pk>/take-back/", views.TakeBack.as_view(), name="take-back"),
]
