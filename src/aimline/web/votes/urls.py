from __future__ import annotations

from django.urls import path

from aimline.web.votes import leading, taking_part, views

app_name = "votes"
urlpatterns = [
    path("", views.list_votes, name="list"),
    path("review/<uuid:review_id>/", views.of_review, name="review"),
    path("review/<uuid:review_id>/new/", leading.new, name="new"),
    path("<uuid:ballot_id>/", views.room, name="room"),
    path("<uuid:ballot_id>/state/", views.state, name="state"),
    path("<uuid:ballot_id>/result/", views.result, name="result"),
    path("<uuid:ballot_id>/come-in/", taking_part.come_in, name="come_in"),
    path("<uuid:ballot_id>/vote/", taking_part.vote, name="vote"),
    path("<uuid:ballot_id>/seats/<uuid:seat_id>/away/", leading.mark_away, name="away"),
    path("<uuid:ballot_id>/lead/", leading.take_the_lead, name="lead"),
    path("<uuid:ballot_id>/open/<int:after>/<str:item>/", leading.open_round, name="open"),
    path("<uuid:ballot_id>/rounds/<uuid:round_id>/reveal/", leading.reveal, name="reveal"),
    path("<uuid:ballot_id>/rounds/<uuid:round_id>/time/", leading.more_time, name="time"),
    path("<uuid:ballot_id>/rounds/<uuid:round_id>/agree/", leading.agree, name="agree"),
    path("<uuid:ballot_id>/end/", leading.end, name="end"),
    path("<uuid:ballot_id>/drop/", leading.drop, name="drop"),
    path("<uuid:ballot_id>/board/", leading.put_on_board, name="board"),
]
