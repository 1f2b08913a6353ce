"""What every command shares: the workspace and --json options, progress bars, JSON and CSV on stdout."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

import click

from litmine.config import Config, load_config
from litmine.errors import LitmineError


def with_workspace(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `-w/--workspace` and `--json` of its own; it receives `config` and `as_json`."""

    def given(workspace: str | None) -> dict[str, Any]:
        return {"config": load_config(workspace)}

    return _with_options(function, given, show_workspace=True)


def with_json(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that needs no workspace `--json`, and accept `-w` in silence; it receives `as_json`."""
    return _with_options(function, lambda _workspace: {}, show_workspace=False)


def _with_options(
    function: Callable[..., Any], given: Callable[[str | None], dict[str, Any]], *, show_workspace: bool
) -> Callable[..., Any]:
    """Add both options; what stands before the command counts where the command itself says nothing."""

    @wraps(function)
    def command(workspace: str | None, as_json: bool, **arguments: Any) -> Any:
        outer = click.get_current_context().obj or {}
        as_json = as_json or outer.get("as_json", False)
        return function(as_json=as_json, **given(workspace or outer.get("workspace")), **arguments)

    folder = click.option(
        "-w",
        "--workspace",
        metavar="DIR",
        hidden=not show_workspace,
        help="Folder that holds litmine.toml (default: this one).",
    )
    return folder(click.option("--json", "as_json", is_flag=True, help="Results as JSON on stdout.")(command))


Bar = Callable[[int], None]


def bars(description: str, total: int | None = None) -> AbstractContextManager[Bar]:
    """A progress bar on a terminal, silence in a pipe. The bar is called with the number of new items."""

    @contextmanager
    def shown() -> Iterator[Bar]:
        if not sys.stderr.isatty():
            yield lambda _count: None
            return
        from tqdm import tqdm

        with tqdm(total=total, desc=description, file=sys.stderr, leave=False) as bar:
            yield lambda count: (bar.update(count), None)[1]

    return shown()


VERDICT_COLOURS = {
    "supported": "cyan",
    "contradicted": "red",
    "mixed": "magenta",
    "insufficient": "yellow",
    "not_comparable_only": "blue",
}
"""Colours repeat what a sign and a word say."""


def coloured(text: str, colour: str | None, *, bold: bool = False) -> str:
    """Text with its colour on a terminal; as it is in a pipe, a file, or with NO_COLOR set (https://no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return click.style(text, fg=colour, bold=bold or None)


def wrapped(text: str, indent: str = "", hang: str = "  ") -> list[str]:
    """Text in lines of at most 79 characters; those after the first stand further in."""
    return textwrap.wrap(
        " ".join(text.split()),
        79,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def print_json(value: Any) -> None:
    """Canonical JSON (UTF-8, two spaces) on stdout."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def needs_corpus(config: Config) -> None:
    """Say in one line what to do when nothing was read into this workspace yet."""
    if not config.corpus_path.is_file():
        raise LitmineError(
            f"no corpus yet at {config.corpus_path}: run `litmine update` or `litmine run` first"
        )
