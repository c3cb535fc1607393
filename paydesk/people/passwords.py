"""Django's rules for a new password where Django has no Chinese for what they say."""

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MinimumLengthValidator(django.MinimumLengthValidator):
    """Long enough."""

    def get_error_message(self) -> str:
        """Said of a password that is too short."""
        said = ngettext(
            "密码太短，至少要有 %(n)d 个字符。",
            "密码太短，至少要有 %(n)d 个字符。",
            self.min_length,
        )
        return said % {"n": self.min_length}

    def get_help_text(self) -> str:
        """Said before anything is typed."""
        said = ngettext(
            "密码至少要有 %(n)d 个字符。", "密码至少要有 %(n)d 个字符。", self.min_length
        )
        return said % {"n": self.min_length}


class UserAttributeSimilarityValidator(django.UserAttributeSimilarityValidator):
    """Unlike the person's own e-mail address. Which field it was is named by no model's word."""

    def get_error_message(self) -> str:
        """Said of a password that is too similar."""
        return _("密码与您的邮箱等个人信息太相似。")
