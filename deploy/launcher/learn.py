"""`./deploy/learn`: the weights of the grammar of questions, made anew from the examples. Says how well they do.

Needs no database: the examples come with the names that they mention.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from deploy.launcher import environment


def main() -> int:
    environment.stop_in_order()
    environment.ensure(environment.DEVELOPMENT)
    with tempfile.TemporaryDirectory(prefix="roundtable-learn-") as var_dir:
        env = environment.child(
            VAR_DIR=var_dir, DJANGO_SETTINGS_MODULE="crm_site.settings", **environment.throw_away_secrets()
        )
        command = [str(environment.PYTHON), "-m", "nlquery.learning", *sys.argv[1:]]
        return subprocess.run(command, cwd=environment.ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
