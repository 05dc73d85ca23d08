"""What the tests share: one warm embedded Lean, and the files that they are about."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.install import embedded_root


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """A shell's background job ignores Ctrl-C, and so would what the tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def data_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The lemma library of the machine's user is not for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def lean() -> Iterator[EmbeddedGateway]:
    """A gateway for files without imports. `make test` installs the Lean that it needs."""
    root = embedded_root()
    assert root is not None, "run `prover setup` first"
    gateway = EmbeddedGateway(root, (), Limits())
    yield gateway
    gateway.close()
