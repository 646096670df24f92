"""Entry point of `./run`. Runs under any Python from 3.11 on, then again under the project's own."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from launcher import environment  # noqa: E402
from launcher.messages import Problem, say, text  # noqa: E402


def main(arguments: list[str]) -> int:
    """Run one command; a Problem becomes its sentence and its exit status."""
    try:
        if not arguments or arguments[0] in ("help", "-h", "--help"):
            print(text("help"), flush=True)
            return 0
        if environment.ensure(ROOT):
            python = str(environment.python_of(ROOT))
            os.execv(python, [python, str(ROOT / "launcher" / "__main__.py"), *arguments])
        from launcher import commands

        return commands.run(ROOT, arguments)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
