"""The command line: one module per command, loaded only when it is called; the only place that prints."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

import litmine
from litmine.errors import LitmineError

COMMANDS = {
    "init": "init",
    "update": "update",
    "include": "include",
    "exclude": "exclude",
    "extract": "extract",
    "index": "index",
    "search": "search",
    "claims": "claims",
    "why": "why",
    "gaps": "gaps",
    "run": "run",
    "serve": "serve",
    "export": "export",
    "eval": "evaluate",
    "doctor": "doctor",
}
"""Command name → module of this package; the module holds a click command of the name `command`."""


class _Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"litmine.cli.{COMMANDS[name]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a name that is nearly a command is told which one."""
        import difflib

        if args[0] not in COMMANDS and (near := difflib.get_close_matches(args[0], COMMANDS, n=1)):
            raise click.UsageError(f"No such command '{args[0]}'; did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-w", "--workspace", metavar="DIR", help="Folder that holds litmine.toml (default: this one).")
@click.option("--json", "as_json", is_flag=True, help="Results as JSON on stdout.")
@click.version_option(litmine.__version__, prog_name="litmine")
@click.pass_context
def _litmine(ctx: click.Context, workspace: str | None, as_json: bool) -> None:
    """Hold a biomedical review against the literature: its claims, its references, the newer evidence.

    A research aid, not clinical advice. Start with `litmine init DIR --example her2`, then `litmine run`.
    """
    ctx.obj = {"workspace": workspace, "as_json": as_json}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code: 0 done, 1 one clear line on stderr, 2 usage."""
    signal.signal(signal.SIGTERM, _stopped)
    sys.exit(_run(arguments))


def _stopped(_number: int, _frame: object) -> None:
    """A service manager's stop is a person's Ctrl-C."""
    raise KeyboardInterrupt


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result: Any = _litmine.main(args=arguments, prog_name="litmine", standalone_mode=False)
    except LitmineError as error:
        return _say(str(error), 1)
    except click.MissingParameter as error:
        return _say(f"{error.format_message()} (litmine {_command_path(error)} --help)", 2)
    except click.BadParameter as error:
        return _say(error.format_message(), 1)
    except click.UsageError as error:
        return _say(f"{error.format_message()} (litmine {_command_path(error)} --help)", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 1)
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped; what was finished is kept, and the next run goes on from there", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that went away
        return _say(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    return result if isinstance(result, int) else 0


def _command_path(error: click.UsageError) -> str:
    return error.ctx.command_path.removeprefix("litmine").strip() if error.ctx else ""


def _say(message: str, code: int) -> int:
    click.echo("litmine: " + " ".join(message.split()), err=True)
    return code
