"""The shell's addresses."""

from django.urls import include, path

from . import health
from .access import views as access
from .accounts import invited
from .accounts import own as account
from .accounts import views as accounts
from .audit import views as audit
from .files import views as files
from .home import views as home
from .notices import views as notices
from .parameters import views as parameters
from .people import urls as people
from .saved import views as saved
from .worklist import clocks, taking, together
from .worklist import views as worklist

urlpatterns = [
    path("", home.PublicHome.as_view(), name="home"),
    path("search/", home.PublicSearch.as_view(), name="search"),
    path("about/", home.About.as_view(), name="about"),
    path("rules/", parameters.PublicIndex.as_view(), name="rules-all"),
    path("rules/<slug:programme>/", parameters.PublicRules.as_view(), name="rules"),
    path("display/", home.Display.as_view(), name="display"),
    path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("account/sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("account/sign-in/code/", accounts.SecondStep.as_view(), name="second-factor"),
    path("account/single/<slug:name>/", accounts.LeaveForProvider.as_view(), name="single-sign-on"),
    path(
        "account/single/<slug:name>/return/",
        accounts.ReturnFromProvider.as_view(),
        name="single-sign-on-return",
    ),
    path("account/", account.Account.as_view(), name="account"),
    path("account/password/", account.Password.as_view(), name="password"),
    path("account/authenticator/", account.Authenticator.as_view(), name="authenticator"),
    path("account/authenticator/off/", account.TakeOff.as_view(), name="authenticator-off"),
    path("account/codes/", account.Codes.as_view(), name="recovery-codes"),
    path("account/invitation/<str:word>/", invited.TakeUp.as_view(), name="take-up"),
    path("account/confirm/", account.Elevate.as_view(), name="elevate"),
    path("my/", home.MyHome.as_view(), name="my"),
    path("my/cases/", worklist.MyCases.as_view(), name="my-cases"),
    path("my/notices/", notices.Inbox.as_view(), name="my-notices"),
    path("my/notices/read/", notices.ReadAll.as_view(), name="notices-read"),
    path("my/notices/channels/", notices.Channels.as_view(), name="notice-channels"),
    path("my/notices/<int:pk>/", notices.OpenNotice.as_view(), name="my-notice"),
    path("my/record/", home.MyRecord.as_view(), name="my-record"),
    path("my/record/access/", audit.WhoLooked.as_view(), name="who-looked"),
    path("my/help/", home.MyHelp.as_view(), name="my-help"),
    path("my/about-myself/", include(people.PARTICULARS)),
    path("my/consents/", include(people.MY)),
    path("desk/", worklist.WorkList.as_view(), name="desk"),
    path("desk/grants/", access.Grants.as_view(), name="grants"),
    path("desk/grants/new/", access.Appoint.as_view(), name="appoint"),
    path("desk/grants/invite/", access.Invite.as_view(), name="invite"),
    path("desk/grants/<int:pk>/link/", access.InvitationLink.as_view(), name="invitation-link"),
    path("desk/grants/<int:pk>/end/", access.End.as_view(), name="end-grant"),
    path("desk/search/", worklist.FindCase.as_view(), name="desk-search"),
    path("desk/access/", audit.AccessLog.as_view(), name="access-log"),
    path("desk/people/", include(people.DESK)),
    path("desk/organisations/", include("gongjiang.web.orgs.urls")),
    path("desk/editions/", include("gongjiang.web.editions.urls")),
    path("desk/calendar/", include("gongjiang.web.calendar.urls")),
    path("", include("gongjiang.web.todo.urls")),
    path("desk/imports/", include("gongjiang.web.exchange.urls")),
    path("", include("gongjiang.web.review.urls")),
    path("desk/parameters/", include("gongjiang.web.parameters.urls")),
    path("desk/undelivered/", notices.Undelivered.as_view(), name="undelivered"),
    path("desk/undelivered/retry/", notices.Retry.as_view(), name="undelivered-retry"),
    path("lists/", saved.PutInOrder.as_view(), name="saved"),
    path("lists/new/", saved.Keep.as_view(), name="save-filter"),
    path("exports/", include("gongjiang.web.exchange.export_urls")),
    path("", include("gongjiang.web.publicity.urls")),
    path("", include("gongjiang.web.documents.urls")),
    path("", include("gongjiang.web.credentials.urls")),
    path("desk/take/", taking.Take.as_view(), name="take"),
    path("desk/take/back/", taking.Take.as_view(back=True), name="put-back"),
    path("cases/together/<str:flow>/<slug:name>/", together.Together.as_view(), name="together"),
    path("cases/<int:pk>/clocks/<int:clock>/extend/", clocks.Extend.as_view(), name="clock-extend"),
    path("cases/<int:pk>/clocks/<int:clock>/stop/", clocks.Hold.as_view(), name="clock-hold"),
    path("cases/<int:pk>/clocks/<int:clock>/run/", clocks.LetRun.as_view(), name="clock-run"),
    path("cases/<int:pk>/<slug:name>/", worklist.Act.as_view(), name="act"),
    path("health/", health.Health.as_view(), name="health"),
    path("healthz", health.healthz, name="healthz"),
    path("files/<str:link>/", files.Download.as_view(), name="file"),
]
