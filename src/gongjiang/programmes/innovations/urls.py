from django.urls import path

from . import views

PUBLIC = [
    path("", views.Public.as_view(), name="public"),
    path("library/", views.PublicLibrary.as_view(), name="public-library"),
    path("library/<int:pk>/", views.PublicCard.as_view(), name="public-card"),
]

MY = [
    path("", views.Mine.as_view(), name="mine"),
    path("new/", views.NewResult.as_view(), name="new"),
    path("<int:pk>/", views.MyResult.as_view(), name="my-result"),
    path("<int:pk>/edit/", views.EditResult.as_view(), name="edit"),
    path("<int:pk>/benefit/", views.ClaimBenefit.as_view(), name="claim"),
    path("<int:pk>/table/", views.BringTable.as_view(), name="table"),
    path("tables/<int:pk>/", views.CompareTable.as_view(), name="compare"),
    path("lines/<int:pk>/", views.MendBenefit.as_view(), name="line"),
    path("<int:pk>/patents/", views.AddPatent.as_view(), name="my-patent"),
    path("entries/<int:pk>/", views.MyEntry.as_view(), name="my-entry"),
]

DESK = [
    path("", views.Results.as_view(), name="desk"),
    path("<int:pk>/", views.ResultPage.as_view(), name="result"),
    path("<int:pk>/recommend/", views.Recommend.as_view(), name="recommend"),
    path("<int:pk>/papers/", views.Papers.as_view(), name="papers"),
    path("<int:pk>/sign/", views.Sign.as_view(), name="sign"),
    path("<int:pk>/revoke/", views.Revoke.as_view(), name="revoke"),
    path("<int:pk>/reward/", views.PayReward.as_view(), name="reward"),
    path("<int:pk>/patent/", views.DeskPatent.as_view(), name="patent"),
    path("<int:pk>/conversion/", views.Convert.as_view(), name="convert"),
    path("likenesses/<int:pk>/", views.Judge.as_view(), name="judge"),
    path("entries/", views.Entries.as_view(), name="entries"),
    path("entries/<int:pk>/", views.EntryPage.as_view(), name="entry"),
    path("entries/<int:pk>/check/", views.SiteCheck.as_view(), name="site-check"),
    path("entries/<int:pk>/slides/", views.Slides.as_view(), name="slides"),
    path("entries/<int:pk>/form/", views.EntryForm.as_view(), name="entry-form"),
    path("entries/<int:pk>/title/", views.PublicTitle.as_view(), name="public-title"),
    path("calls/", views.Calls.as_view(), name="calls"),
    path("calls/<int:pk>/", views.Call.as_view(), name="call"),
    path("calls/<int:pk>/prizes/", views.Prizes.as_view(), name="prizes"),
    path("calls/<int:pk>/grades/", views.Grades.as_view(), name="grades"),
    path("calls/<int:pk>/roadshow/", views.PlanRoadshow.as_view(), name="roadshow"),
    path("calls/<int:pk>/union-awards/", views.UnionAwards.as_view(), name="union-awards"),
    path("calls/<int:pk>/union-awards/paid/", views.PayUnionAwards.as_view(), name="pay-union-awards"),
    path("calls/<int:pk>/<slug:name>/", views.MoveOn.as_view(), name="move-on"),
    path("finance/", views.Finance.as_view(), name="finance"),
    path("patents/", views.Patents.as_view(), name="patents"),
    path("patents/<int:pk>/granted/", views.Granted.as_view(), name="granted"),
    path("rewards/", views.Rewards.as_view(), name="rewards"),
    path("rewards/<int:pk>/void/", views.VoidReward.as_view(), name="void-reward"),
    path("conversions/", views.Conversions.as_view(), name="conversions"),
    path("conversions/<int:pk>/payback/", views.Payback.as_view(), name="payback"),
    path("conversions/<int:pk>/sign/", views.SignPayback.as_view(), name="sign-payback"),
    path("library/", views.Library.as_view(), name="library"),
    path("library/<int:pk>/", views.CardPage.as_view(), name="card"),
    path("requests/", views.Interests.as_view(), name="interests"),
    path("requests/<int:pk>/", views.AnswerInterest.as_view(), name="answer"),
]
