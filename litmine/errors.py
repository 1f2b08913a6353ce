"""The errors litmine raises, as one tree.

LitmineError                 anything a user can be told in one line; the command line prints it and exits 1
├── UsageError               an option or argument that makes no sense here
├── ConfigError              litmine.toml or a LITMINE_* variable is wrong
│   └── NoWorkspace          no litmine.toml here or above
├── InputError               a file that can't be read as what it should be
│   ├── ReviewError          a review without text, references or sentences; a scanned PDF
│   └── RecordError          broken or hostile record files (XML, MEDLINE, JSON lines)
├── CorpusError              the store: locked, damaged
│   └── NewerSchema          written by a newer litmine; refused, nothing touched
├── IndexDamaged              the built index is missing, stale or corrupt
│   └── StaleIndex           it was built from another corpus, model or version
├── ModelError               a model or its checksum is missing or wrong
└── FetchFailed              a request got no usable answer; says nothing about what exists
    └── Unreachable          the server could not be reached at all

NotFound is deliberately not a FetchFailed: it means that a server answered and the thing does not exist.
"""

from __future__ import annotations


class LitmineError(Exception):
    """Base of all errors that are told to the user in one line: what is wrong, where, what to do."""


class UsageError(LitmineError):
    """An option or argument that makes no sense here."""


class ConfigError(LitmineError):
    """A setting is wrong."""


class NoWorkspace(ConfigError):
    """No litmine.toml in this folder or above it."""


class InputError(LitmineError):
    """A file that can't be read as what it should be."""


class ReviewError(InputError):
    """The review can't be read: empty, scanned, without references."""


class RecordError(InputError):
    """A file of records is broken or hostile."""


class CorpusError(LitmineError):
    """The corpus store is locked or damaged."""


class NewerSchema(CorpusError):
    """The corpus was written by a newer version of litmine."""


class IndexDamaged(LitmineError):
    """The index is missing or corrupt."""


class StaleIndex(IndexDamaged):
    """The index was built from another corpus, model or version."""


class ModelError(LitmineError):
    """A model is missing or its checksum is wrong."""


class FetchFailed(LitmineError):
    """A request got no usable answer. Never to be read as "does not exist"."""


class Unreachable(FetchFailed):
    """The server could not be reached at all."""


class NotFound(LitmineError):
    """The server answered: this does not exist."""
