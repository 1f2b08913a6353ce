"""`python -m litmine`, the same as the `litmine` command."""

from litmine.cli import main

main()
