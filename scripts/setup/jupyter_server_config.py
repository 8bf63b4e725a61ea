"""Jupyter's settings inside .venv: a notebook whose .ts file is older names this project's way to bring both together."""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext import build_async_jupytext_contents_manager_class
from tornado.web import HTTPError

PairedNotebooks = build_async_jupytext_contents_manager_class(AsyncLargeFileManager)


class ProjectNotebooks(PairedNotebooks):
    async def get(self, path, *args, **kwargs):
        try:
            return await super().get(path, *args, **kwargs)
        except HTTPError as error:
            # Jupytext's own advice, to save the .ts file, would undo what was changed in the notebook.
            if error.status_code == 400 and "is more recent than" in (error.log_message or ""):
                raise HTTPError(
                    400,
                    f"{path.strip('/')} was changed outside of JupyterLab and no longer matches its .ts file: run npm run sync in "
                    "the project's folder, which brings both to the state of the one changed last and keeps a copy of "
                    "the other, and open the notebook again.",
                ) from error
            raise


c = get_config()  # noqa: F821 (Jupyter defines it)
c.ServerApp.contents_manager_class = ProjectNotebooks
