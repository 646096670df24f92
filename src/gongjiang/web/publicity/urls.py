"""Addresses of notices and objections."""

from django.urls import path

from .views import appeals, handling, notices, objecting, public

urlpatterns = [
    path("notices/", public.Notices.as_view(), name="notices"),
    path("notices/objection/", objecting.Told.as_view(), name="objection-told"),
    path("notices/<slug:number>/", public.Notice.as_view(), name="notice"),
    path("notices/<slug:number>/object/", objecting.Object.as_view(), name="object"),
    path("my/objections/", appeals.Mine.as_view(), name="my-objections"),
    path("my/objections/appeal/<int:pk>/", appeals.Make.as_view(), name="appeal"),
    path("desk/notices/", notices.DeskNotices.as_view(), name="desk-notices"),
    path("desk/notices/<int:pk>/", notices.DeskNotice.as_view(), name="desk-notice"),
    path("desk/notices/<int:pk>/cancel/", notices.Cancel.as_view(), name="notice-cancel"),
    path("desk/notices/<int:pk>/prolong/", notices.Prolong.as_view(), name="notice-prolong"),
    path("desk/objections/", handling.Objections.as_view(), name="objections"),
    path("desk/objections/<int:pk>/", handling.ObjectionPage.as_view(), name="objection"),
    path("desk/objections/<int:pk>/take/", handling.TakeOn.as_view(), name="objection-take"),
    path("desk/objections/<int:pk>/author/", handling.OpenAuthor.as_view(), name="objection-author"),
    path("desk/objections/<int:pk>/rule/", handling.RuleOn.as_view(), name="objection-rule"),
    path("desk/objections/<int:pk>/told/", handling.SayTold.as_view(), name="objection-say-told"),
    path(
        "desk/objections/<int:pk>/evidence/<uuid:file>/",
        handling.Evidence.as_view(),
        name="objection-evidence",
    ),
]
