"""Where the tests find their files; a module of its own, since two folders have a conftest."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SMALL = Path(__file__).parent / "small"
