from __future__ import annotations

from django.urls import path

from aimline.web.system import views

app_name = "system"
urlpatterns = [
    path("", views.state, name="state"),
    path("jobs/<uuid:job_id>/stop/", views.stop_job, name="stop_job"),
    path("jobs/<uuid:job_id>/again/", views.run_again, name="run_again"),
]
