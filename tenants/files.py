"""The files of the present city, wherever the storage keeps them."""

from collections.abc import Iterator

from django.core.files.storage import default_storage


def file_names(folder: str = "") -> Iterator[str]:
    """Every file of the city, by its name in the storage, in order."""
    folders, files = default_storage.listdir(folder or ".")
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from file_names(f"{folder}{name}/")


def remove_files(folder: str = "") -> None:
    """Remove every file of the city, and its folders. What is gone already is passed over."""
    folders, files = default_storage.listdir(folder or ".")
    for name in files:
        default_storage.delete(f"{folder}{name}")
    for name in folders:
        remove_files(f"{folder}{name}/")
    default_storage.delete(folder or ".")
