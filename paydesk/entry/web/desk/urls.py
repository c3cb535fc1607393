"""Addresses of the desk pages, below the staff's door."""

from django.urls import path

from paydesk.entry.web.desk import approvals, conversation, doing, inbox, steps

urlpatterns = [
    path("", inbox.inbox, name="desk_inbox"),
    path("queue/", inbox.queue, name="desk_queue"),
    path("next/", inbox.take_next, name="desk_next"),
    path("present/", conversation.at_desk, name="desk_presence"),
    path("cases/<str:number>/", conversation.case_page, name="desk_case"),
    path("cases/<str:number>/head/", conversation.head, name="desk_head"),
    path("cases/<str:number>/facts/", conversation.facts_pane, name="desk_facts"),
    path("cases/<str:number>/entries/", conversation.entries, name="desk_entries"),
    path("cases/<str:number>/messages/", conversation.post, name="desk_post"),
    path("cases/<str:number>/read/", conversation.read, name="desk_read"),
    path("cases/<str:number>/typing/", conversation.typing, name="desk_typing"),
    path("cases/<str:number>/files/", conversation.upload, name="desk_upload"),
    path("cases/<str:number>/files/<uuid:file_id>/", conversation.download, name="desk_file"),
    path("cases/<str:number>/take/", steps.take, name="desk_take"),
    path("cases/<str:number>/hand-over/", steps.hand_over, name="desk_hand_over"),
    path("cases/<str:number>/solve/", steps.solve, name="desk_solve"),
    path("cases/<str:number>/reopen/", steps.reopen, name="desk_reopen"),
    path("cases/<str:number>/do/<slug:what>/", doing.act, name="desk_act"),
    path("cases/<str:number>/holds/<uuid:hold>/", doing.release_hold, name="desk_release_hold"),
    path("approvals/", approvals.approvals, name="desk_approvals"),
    path("approvals/waiting/", approvals.waiting, name="desk_waiting"),
    path("approvals/badge/", approvals.badge, name="desk_approval_badge"),
    path("approvals/<uuid:request_id>/", approvals.decide, name="desk_decide"),
]
