"""Addresses: judges on /my/review/ (staff and workers alike), organisers on /desk/review/, draws for everybody."""

from django.urls import path

from . import deputies, draws, judging, organising, ranked

app_name = "review"
urlpatterns = [
    path("my/review/", judging.MySeats.as_view(), name="mine"),
    path("my/review/<int:pk>/", judging.SeatPage.as_view(), name="seat"),
    path("my/review/<int:pk>/oath/", judging.Oath.as_view(), name="oath"),
    path("my/review/<int:pk>/<slug:code>/", judging.SheetPage.as_view(), name="sheet"),
    path("my/review/<int:pk>/<slug:code>/recuse/", judging.Recuse.as_view(), name="recuse"),
    path("my/review/<int:pk>/<slug:code>/<int:part>/", judging.PartFile.as_view(), name="part"),
    path("desk/review/", organising.Panels.as_view(), name="panels"),
    path("desk/review/new/", organising.NewPanel.as_view(), name="new"),
    path("desk/review/deputies/", deputies.Deputies.as_view(), name="deputies"),
    path("desk/review/deputies/<int:pk>/end/", deputies.End.as_view(), name="end-delegation"),
    path("desk/review/<int:pk>/", organising.PanelPage.as_view(), name="panel"),
    path("desk/review/<int:pk>/rules/", organising.Rules.as_view(), name="rules"),
    path("desk/review/<int:pk>/criteria/", organising.Criteria.as_view(), name="criteria"),
    path("desk/review/<int:pk>/ties/", organising.Ties.as_view(), name="ties"),
    path("desk/review/<int:pk>/times/", organising.Times.as_view(), name="times"),
    path("desk/review/<int:pk>/seats/", organising.NewSeat.as_view(), name="seat-new"),
    path("desk/review/<int:pk>/seats/<int:seat>/end/", organising.EndSeat.as_view(), name="seat-end"),
    path("desk/review/<int:pk>/items/", organising.Enter.as_view(), name="enter"),
    path("desk/review/<int:pk>/items/<slug:code>/", organising.TakeOut.as_view(), name="take-out"),
    path("desk/review/<int:pk>/open/", organising.Open.as_view(), name="open"),
    path("desk/review/<int:pk>/lock/", organising.Lock.as_view(), name="lock"),
    path("desk/review/<int:pk>/standing/", organising.Standings.as_view(), name="standing"),
    path("desk/review/<int:pk>/draw/", draws.Commit.as_view(), name="draw-new"),
    path("desk/review/draws/<int:pk>/", draws.Reveal.as_view(), name="draw-reveal"),
    path("desk/review/ranking/<int:edition>/<int:unit>/", ranked.Ranking.as_view(), name="ranking"),
    path("desk/review/ranking/<int:edition>/<int:unit>/swap/", ranked.SwapPage.as_view(), name="swap"),
    path("desk/review/levels/<int:pk>/", ranked.Levels.as_view(), name="levels"),
    path("draws/<int:pk>/", draws.PublicDraw.as_view(), name="draw"),
]
