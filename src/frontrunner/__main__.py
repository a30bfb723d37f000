"""``python -m frontrunner`` is the ``frontrunner`` command."""

from frontrunner.cli import main

if __name__ == "__main__":
    main()
