"""Below /tasks/: the page of one task is the same for an office and for a person."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/tasks/", views.TaskList.as_view(), name="tasks"),
    path("desk/tasks/new/", views.Ask.as_view(), name="task-new"),
    path("my/tasks/", views.MyTasks.as_view(), name="my-tasks"),
    path("tasks/<int:pk>/", views.TaskPage.as_view(), name="task"),
    path("tasks/<int:pk>/evidence/<uuid:file>/", views.Evidence.as_view(), name="task-evidence"),
    *[
        path(f"tasks/<int:pk>/{name}/", view.as_view(), name=f"task-{name}")
        for name, view in views.STEPS.items()
    ],
]
