"""Addresses of the customer's chat, below support/."""

from django.urls import path

from paydesk.entry.web.support import pages, talk

urlpatterns = [
    path("", pages.listing, name="support_list"),
    path("new/", pages.new, name="support_new"),
    path("unread/", talk.unread, name="support_unread"),
    path("payment/<str:number>/", pages.open_payment, name="support_open_payment"),
    path("<str:number>/", pages.conversation, name="support_case"),
    path("<str:number>/lines/", talk.entries, name="support_entries"),
    path("<str:number>/send/", talk.send, name="support_send"),
    path("<str:number>/read/", talk.read, name="support_read"),
    path("<str:number>/typing/", talk.typing, name="support_typing"),
    path("<str:number>/state/", talk.state, name="support_state"),
    path("<str:number>/files/", talk.upload, name="support_files"),
    path("<str:number>/files/<uuid:file_id>/", talk.download, name="support_file"),
]
