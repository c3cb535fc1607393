"""Why a file is not taken, in the reader's language. Codes in, words out."""

from django.utils.translation import gettext as _

from paydesk.files.rules import MEGABYTE, MOST_BYTES


def refusal(code: str) -> str:
    """What to tell whoever sent a file that was refused with that code."""
    texts = {
        "empty": _("文件是空的。"),
        "too_large": _("文件太大：图片和 PDF 最大 %(megabytes)s MB，文本最大 1 MB。"),
        "kind_not_allowed": _("不支持这种文件，请发送图片、PDF 或纯文本。"),
        "kind_mismatch": _("文件内容与扩展名不符，请检查后重新发送。"),
        "not_text": _("文本文件无法读取，请另存为 UTF-8 后重新发送。"),
    }
    return texts[code] % {"megabytes": MOST_BYTES // MEGABYTE}
