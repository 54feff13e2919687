from __future__ import annotations

from django.urls import path

from aimline.web.reviews import judging, planning, putting, views

app_name = "reviews"
urlpatterns = [
    path("", views.list_reviews, name="list"),
    path("new/", views.choose, name="choose"),
    path("new/<slug:key>/", planning.new, name="new"),
    path("<uuid:review_id>/", views.show, name="show"),
    path("<uuid:review_id>/board/", views.board, name="board"),
    path("<uuid:review_id>/change/", planning.change, name="change"),
    path("<uuid:review_id>/end/", planning.end, name="end"),
    path("<uuid:review_id>/steps/<uuid:step_id>/", planning.finish_step, name="finish_step"),
    path("<uuid:review_id>/team/", planning.add_member, name="add_member"),
    path("<uuid:review_id>/team/<uuid:member_id>/remove/", planning.remove_member, name="remove_member"),
    path("<uuid:review_id>/documents/", planning.request_document, name="request_document"),
    path("<uuid:review_id>/documents/<uuid:request_id>/", planning.note_document, name="note_document"),
    path("<uuid:review_id>/ask/<slug:key>/", planning.take_up, name="take_up"),
    path("<uuid:review_id>/collections/", planning.attach, name="attach"),
    path("<uuid:review_id>/collections/<uuid:collection_id>/detach/", planning.detach, name="detach"),
    path("<uuid:review_id>/evidence/", putting.add, name="add_evidence"),
    path("<uuid:review_id>/evidence/measure/", putting.add_measure, name="add_measure"),
    path("<uuid:review_id>/evidence/answers/", putting.add_answers, name="add_answers"),
    path("evidence/<uuid:evidence_id>/", putting.change, name="change_evidence"),
    path("evidence/<uuid:evidence_id>/off/", putting.take_off, name="take_off"),
    path("evidence/<uuid:evidence_id>/link/", judging.link, name="link"),
    path("<uuid:review_id>/findings/", judging.write, name="write_finding"),
    path("findings/<uuid:finding_id>/", views.finding, name="finding"),
    path("findings/<uuid:finding_id>/change/", judging.change, name="change_finding"),
    path("findings/<uuid:finding_id>/final/", judging.make_final, name="make_final"),
    path("findings/<uuid:finding_id>/drop/", judging.drop, name="drop_finding"),
    path("findings/<uuid:finding_id>/evidence/<uuid:evidence_id>/", judging.set_aside, name="set_aside"),
    path("<uuid:review_id>/recommendations/", judging.recommend, name="recommend"),
    path("recommendations/<uuid:recommendation_id>/", judging.change_recommendation, name="recommendation"),
    path("recommendations/<uuid:recommendation_id>/move/", judging.move, name="move"),
    path("recommendations/<uuid:recommendation_id>/withdraw/", judging.withdraw, name="withdraw"),
]
