from __future__ import annotations

from django.urls import path

from aimline.web.interviews import coding, cutting, talks, theming, views

app_name = "interviews"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", talks.new, name="new"),
    path("codes/", coding.new_code, name="new_code"),
    path("codes/<uuid:code_id>/", coding.define, name="code"),
    path("codes/<uuid:code_id>/again/", coding.again, name="again"),
    path("codes/<uuid:code_id>/drop/", coding.drop, name="drop_code"),
    path("themes/", theming.new, name="new_theme"),
    path("themes/<uuid:theme_id>/", theming.change, name="theme"),
    path("themes/<uuid:theme_id>/lead/", theming.lead, name="lead"),
    path("themes/<uuid:theme_id>/leave/", theming.leave, name="leave"),
    path("themes/<uuid:theme_id>/drop/", theming.drop, name="drop_theme"),
    path("quotes/<uuid:excerpt_id>/", theming.word, name="quote"),
    path("quotes/<uuid:excerpt_id>/move/", theming.move, name="move"),
    path("<uuid:talk_id>/", views.conversation, name="talk"),
    path("<uuid:talk_id>/change/", talks.change, name="change"),
    path("<uuid:talk_id>/text/", talks.write, name="write"),
    path("<uuid:talk_id>/back/", talks.take_back, name="take_back"),
    path("<uuid:talk_id>/recording/", talks.recording_gone, name="recording_gone"),
    path("<uuid:talk_id>/cut/", cutting.show, name="cut"),
    path("<uuid:talk_id>/cut/<uuid:excerpt_id>/", cutting.split, name="split"),
    path("<uuid:talk_id>/cut/<uuid:excerpt_id>/join/", cutting.join, name="join"),
    path("<uuid:talk_id>/code/", coding.code, name="coding"),
    path("<uuid:talk_id>/code/open/", coding.open_reading, name="open_reading"),
]
