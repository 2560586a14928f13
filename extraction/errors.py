"""The errors of Gouji, as one small tree. Every message says what is wrong with which file, and what to do about it.

GoujiError
├── UsageError            the call itself is wrong                        exit 2
├── ModelError            weights are missing or are not the ones named   exit 2
├── OutputError           OUT cannot be written: the run stops            exit 2
│   └── StoreError        an object store does not answer
└── InputError            this one file cannot be converted               exit 1, a line in the manifest
    ├── UnsupportedFormat its content is none of the formats we read
    ├── EmptyFile         it holds nothing
    ├── EncryptedFile     it needs a password
    ├── DamagedFile       it breaks off or contradicts itself
    ├── TooLarge          it is over a limit of the settings
    ├── NotAReport        it reads well and is no 政府信息公开工作年度报告
    ├── TimeLimit         reading it took too long
    ├── MemoryLimit       reading it took too much memory
    ├── Crash             its reader crashed
    ├── Fault             an error in Gouji
    └── Unwritable        its report cannot be written

The name of an InputError's class is the `kind` of the failure in the manifest.
"""

from __future__ import annotations

from extraction.messages import Messages


class GoujiError(Exception):
    """Base of all errors that Gouji raises on purpose.

    Args:
        text: what is wrong and what to do, in English, with places such as {path} where `values` are given.
        values: what stands in these places; a value that is a `Text` is told in the language of the message.
    """

    exit_code = 2
    advice = ""
    """What to do about every error of a class, beside what `text` says."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text, self.values = text, values

    def __str__(self) -> str:
        return self.told(Messages())

    def told(self, messages: Messages) -> str:
        """The error in the language of the messages."""
        what = messages(self.text, **self.values) if self.values else messages.retold(self.text)
        return messages("{what}; {advice}", what=what, advice=messages(self.advice)) if self.advice else what


class UsageError(GoujiError):
    """The call itself is wrong: an option, a path, a setting."""


class ModelError(GoujiError):
    """Weights are missing, or their hash is not the recorded one."""


class OutputError(GoujiError):
    """OUT takes no more files, its disk being full for one. The run stops; another goes on where it was."""

    advice = "the run stopped, what is finished is kept: make room, then run the same again"


class StoreError(OutputError):
    """An object store does not answer, or refuses us. The run stops; another goes on where it was."""

    advice = "the run stopped, what is finished is kept: run the same again"


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


class TimeLimit(InputError):
    """Reading the file, or one page of it, took longer than the settings allow."""


class MemoryLimit(InputError):
    """Reading the file took more memory than the settings allow, or than there is."""


class Crash(InputError):
    """The process that read the file ended."""


class Fault(InputError):
    """An error in Gouji, which this file brings about."""


class Unwritable(InputError):
    """The file was read and its report cannot be written, its name being too long for one."""
