"""One session cookie per realm and brand, bound to its path; good at its own door only.

Django names one cookie for the whole installation; here the name travels under the door's own
name on the wire, and a session remembers the door that opened it. A session that names another
door, or none, is no session here.
"""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from paydesk.entry.web.realm import door_of

DOOR_KEY = "door"


class RealmSessionMiddleware(SessionMiddleware):
    """Django's session middleware with the cookie's name and path taken from request.door."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = self.SessionStore(request.COOKIES.get(door_of(request).cookie))
        if door_of(request).cookie not in request.COOKIES:
            return  # nothing to read, so no row is asked for
        if request.session.get(DOOR_KEY) != door_of(request).cookie:
            request.session = self.SessionStore(None)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not hasattr(request, "session"):  # the request never came past the door
            return response
        door, name = door_of(request), settings.SESSION_COOKIE_NAME
        if request.session.modified and not request.session.is_empty():
            request.session[DOOR_KEY] = door.cookie
        # Django's own code reads and writes `name`; lend it our cookie under that name.
        if door.cookie in request.COOKIES:
            request.COOKIES[name] = request.COOKIES[door.cookie]
        response = super().process_response(request, response)
        if name in response.cookies:
            morsel = response.cookies.pop(name)
            response.cookies[door.cookie] = morsel.value
            for key, value in morsel.items():
                if value:
                    response.cookies[door.cookie][key] = value
            response.cookies[door.cookie]["path"] = door.cookie_path
        return response
