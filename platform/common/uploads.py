"""How much of an upload is kept: before a form is read, anyone can send anything."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from common.files import MAX_FILE_BYTES

# What no form of ours asks for is not listened to.
MAX_REQUEST_BYTES = 32 * 1024 * 1024


class CutShort(FileUploadHandler):
    """Keeps one byte more of a file than any form takes: the form says that it is too large, and keeps its answers."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig("far more than any form of ours takes")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        kept = raw_data[: max(0, MAX_FILE_BYTES + 1 - self.taken)]
        self.taken += len(raw_data)
        return kept or None

    def file_complete(self, file_size: int) -> None:
        """Left to the handlers after this one."""
