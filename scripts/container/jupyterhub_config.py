"""A JupyterHub for a class, on one machine with Docker: each person gets a container of the project's image.

In a clone, on that machine:
    python3 -m venv .hub && .hub/bin/pip install --requirement scripts/container/requirements-hub.txt
    npm install --global configurable-http-proxy
    CLASS_PASSWORD=... CLASS_FOLDER=/srv/class .hub/bin/jupyterhub --config scripts/container/jupyterhub_config.py

docs/class-environment.md says how large the machine has to be.
"""

import os
import sys

PROJECT = "/srv/subtask-induction"
IN_CONTAINER = "/srv/class"

try:
    PASSWORD = os.environ["CLASS_PASSWORD"]
except KeyError:
    sys.exit("Say what the class's password is: CLASS_PASSWORD=... before the command.")

c = get_config()  # noqa: F821 (JupyterHub defines it)

# Everybody chooses a name, such as seat-7, and knows the class's password.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = PASSWORD
c.Authenticator.allow_all = True

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.image = os.environ.get("CLASS_IMAGE", "subtask-induction")
# Kernels that do nothing for an hour are ended.
c.DockerSpawner.cmd = ["node", "scripts/run.mjs", "start", "--hub"]
c.DockerSpawner.remove = True
# A notebook that trains holds 1.2 GB: two of them, and JupyterLab.
c.DockerSpawner.mem_limit = "3G"
c.DockerSpawner.cpu_limit = 2
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
# Thirty who press the button at once are served in turn.
c.JupyterHub.concurrent_spawn_limit = 10

# What a person writes and computes outlives the container. The class folder is everybody's: progress by seat number,
# numbers that were handed in, and which solutions are open. Its owner on this machine must be user 1000, as in the image.
c.DockerSpawner.volumes = {
    "subtask-mine-{username}": f"{PROJECT}/notebooks/mine",
    "subtask-runs-{username}": f"{PROJECT}/runs",
    os.environ.get("CLASS_FOLDER", "/srv/class"): IN_CONTAINER,
}
c.DockerSpawner.environment = {"SUBTASK_CLASS": IN_CONTAINER}

# Where containers find the hub: Docker's own bridge.
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.hub_connect_ip = os.environ.get("HUB_ADDRESS", "172.17.0.1")
