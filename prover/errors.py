"""Everything that goes wrong on purpose, in one tree.

    ProverError
    ├── InputError            what the user gave can't be used          exit status 2
    │   ├── SourceError           a file that can't be read as Lean source
    │   └── FileChanged           a file changed on disk since it was read
    ├── LibraryError          the lemma library can't be used           exit status 2
    ├── NightError            the folder of a night can't be used       exit status 2
    ├── LeanUnavailable       there is no Lean to use                   exit status 3
    │   ├── SetupError            the embedded Lean can't be installed
    │   └── LeanKeepsDying        Lean dies at start, again and again
    ├── LeanDied              a Lean process ended or stopped answering; its states are gone
    │   └── LeanTimeout           … because it was past its wall limit, and was killed
    ├── ModelError            a language model gave no answer that can be used
    │   └── ModelUnusable         … and won't give one when it is asked again
    └── HoleError             a hole that no search can start on
        ├── NotAProposition       it stands for data
        └── HoleUnreachable       Lean stops before it

A tactic that fails is no error: it is an `Outcome`. Foreign exceptions are translated where they arise.
"""

INTERRUPTED = 130
"""The exit status after Ctrl-C, which is no error either."""


class ProverError(Exception):
    """The message is one for the user: what was wrong, and what to do."""

    exit_status = 2


class InputError(ProverError):
    pass


class SourceError(InputError):
    pass


class FileChanged(InputError):
    pass


class LibraryError(ProverError):
    """The file is as it was before what failed."""


class NightError(ProverError):
    """What was kept before is as it was."""


class LeanUnavailable(ProverError):
    exit_status = 3


class SetupError(LeanUnavailable):
    pass


class LeanKeepsDying(LeanUnavailable):
    pass


class LeanDied(ProverError):
    """`killed`: somebody outside ended it (SIGKILL), so what it was doing is not to blame."""

    exit_status = 3

    def __init__(self, message: str, killed: bool = False) -> None:
        super().__init__(message)
        self.killed = killed


class LeanTimeout(LeanDied):
    def __init__(self, message: str = "Lean did not answer within its time limit") -> None:
        super().__init__(message)


class ModelError(ProverError):
    """Costs the search no more than the answer."""


class ModelUnusable(ModelError):
    pass


class HoleError(ProverError):
    pass


class NotAProposition(HoleError):
    pass


class HoleUnreachable(HoleError):
    pass
