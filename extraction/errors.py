"""The errors of Gouji, as one small tree. Every message says what is wrong and what to do about it.

GoujiError
├── UsageError            the call itself is wrong                        exit 2
├── ModelError            weights are missing or are not the ones named   exit 2
├── OutputError           OUT cannot be written: the run stops            exit 2
└── InputError            this one file cannot be converted               exit 1, a line in the manifest
    ├── UnsupportedFormat its content is none of the formats we read
    ├── EmptyFile         it holds nothing
    ├── EncryptedFile     it needs a password
    ├── DamagedFile       it breaks off or contradicts itself
    ├── TooLarge          it is over a limit of the settings
    └── NotAReport        it reads well and is no 政府信息公开工作年度报告
"""

from __future__ import annotations


class GoujiError(Exception):
    """Base of all errors that Gouji raises on purpose."""

    exit_code = 2


class UsageError(GoujiError):
    """The call itself is wrong: an option, a path, a setting."""


class ModelError(GoujiError):
    """Weights are missing, or their hash is not the recorded one."""


class OutputError(GoujiError):
    """OUT takes no more files, its disk being full for one. The run stops; another goes on where it was."""

    def __str__(self) -> str:
        return f"{super().__str__()}; the run stopped, what is finished is kept: make room, then run the same again"


class StoreError(OutputError):
    """An object store does not answer, or refuses us. The run stops; another goes on where it was."""

    def __str__(self) -> str:
        return f"{Exception.__str__(self)}; the run stopped, what is finished is kept: run the same again"


class InputError(GoujiError):
    """One input cannot be converted; the others go on."""

    exit_code = 1


class UnsupportedFormat(InputError):
    """The content is none of the formats we read."""


class EmptyFile(InputError):
    """The file has no bytes, no pages or no text."""


class EncryptedFile(InputError):
    """The file needs a password."""


class DamagedFile(InputError):
    """The file breaks off or contradicts itself."""


class TooLarge(InputError):
    """The file is over one of the limits in the settings."""


class NotAReport(InputError):
    """The file can be read and is no annual report of this kind."""
