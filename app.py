"""Start DeSRA Studio: `python app.py` is `desra-studio serve`."""

import sys

from desra_studio.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
