"""Static files under names that carry their hash, our ES modules' imports of each other included.

Without the imports, a module reached by two names would run twice, and an old module could meet
a new one after an update. Other packages' scripts are left as they are: some name files that
they don't ship.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class HashedStatics(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """WhiteNoise's storage, with the imports in our own modules rewritten as well."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("paydesk/*.js", _IMPORTS))
