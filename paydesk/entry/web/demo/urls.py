"""Addresses of the demo's own pages, at no brand's door."""

from django.urls import path

from paydesk.entry.web.demo import front, mailbox

urlpatterns = [
    path("", front.page, name="demo_front"),
    path("mailbox/", mailbox.page, name="demo_mailbox"),
    path("mailbox/list/", mailbox.listing, name="demo_mailbox_list"),
    path("mailbox/<uuid:mail_id>/", mailbox.message, name="demo_mail"),
]
