"""`python -m desra_studio` is `desra-studio`; child processes of jobs are started this way."""

from desra_studio.cli import main

main()
