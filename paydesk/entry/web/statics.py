"""Static files under names that carry their hash, our ES modules' imports of each other included.

Without the imports, a module reached by two names would run twice, and an old module could meet
a new one after an update. Other packages' scripts are left as they are: some name files that
they don't ship.
"""

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class HashedStatics(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """WhiteNoise's storage, with the imports in our own modules rewritten as well."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("paydesk/*.js", _IMPORTS))


class Statics(WhiteNoiseMiddleware):  # type: ignore[misc]  # untyped
    """WhiteNoise's middleware, answering with a file's whole content: ours are small.

    Its own answer is a synchronous stream, which Django's asynchronous handler must drain first
    and warns about.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The answer to a request for a file: headers, ranges and "not modified" by WhiteNoise."""
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        return HttpResponse(content, status=int(found.status), headers=dict(found.headers))
