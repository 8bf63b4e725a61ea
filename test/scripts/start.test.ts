import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { writeNotebook } from '../support/notebook';
import { ended, startCommand } from '../support/run';
import { PROJECT, projectFolder } from '../support/temporary';

/** Waits until a check succeeds. */
async function until(check: () => boolean | Promise<boolean>) {
  while (!(await check())) await new Promise((wake) => setTimeout(wake, 100));
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The command lines of all processes that name this text. */
function processesNaming(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(text) ? [line] : [];
      } catch {
        return [];
      }
    });
}

it('npm start serves JupyterLab with a token on one port, knows changed pairs, leaves the home directory alone, and Ctrl-C ends all', async () => {
  const folder = projectFolder('start');
  const home = join(folder, 'home');
  mkdirSync(home);
  const port = await freePort();
  const lab = startCommand(['start', '--no-browser', '--port', `${port}`], { ...process.env, HOME: home });
  const end = ended(lab);
  let printed = '';
  lab.stderr?.on('data', (text) => {
    printed += text;
  });
  const address = new RegExp(`http://127\\.0\\.0\\.1:${port}(/lab\\S*)\\?token=(\\w+)`);
  await until(() => address.test(printed) || lab.exitCode !== null);
  const [, page, token] = address.exec(printed) ?? [];
  expect(page).toBe('/lab/tree/notebooks/mine/00-start-here.ipynb');

  const url = `http://127.0.0.1:${port}`;
  const headers = { Authorization: `token ${token}` };
  const names = async (folder: string) => {
    const answer = await fetch(`${url}/api/contents/${folder}`, { headers });
    const { content } = (await answer.json()) as { content: { name: string }[] };
    return content.map(({ name }) => name).sort();
  };
  const notebooks = readdirSync(join(PROJECT, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  expect(await names('notebooks/mine')).toEqual(expect.arrayContaining(notebooks));
  // Each is shown once: not its .ts file beside it.
  for (const folder of ['notebooks', 'notebooks/mine']) {
    expect((await names(folder)).filter((name) => name.endsWith('.ts'))).toEqual([]);
  }
  expect((await fetch(`${url}/api/kernels`)).status).toBe(403);
  const response = await fetch(`${url}/api/kernels`, { method: 'POST', headers, body: '{"name": "tslab"}' });
  const { id } = (await response.json()) as { id: string };
  await until(() => processesNaming(`kernel-${id}`).length > 0);

  // A notebook that another program changed after its .ts file was written.
  const notebook = join(folder, 'a.ipynb');
  writeFileSync(join(folder, 'a.ts'), '// %%\nconst layers = 2;\n');
  writeNotebook(notebook, ['const layers = 12;']);
  const later = Date.now() / 1000 + 10;
  utimesSync(notebook, later, later);
  const refused = await fetch(`${url}/api/contents/${relative(PROJECT, notebook)}`, { headers });
  expect(refused.status).toBe(400);
  const { message } = (await refused.json()) as { message: string };
  expect(message).toMatch(/^test\/tmp\/.*a\.ipynb was changed outside of JupyterLab .*: run npm run sync in .*\.$/);

  // To the group of the command and not to JupyterLab's, as a terminal does.
  process.kill(-lab.pid!, 'SIGINT');
  const { status, stdout } = await end;
  expect(stdout).toMatch(/JupyterLab has stopped\.\n$/);
  expect(status).toBe(0);
  await until(() => processesNaming(`kernel-${id}`).length === 0);
  await expect(fetch(url)).rejects.toThrow();
  expect(readdirSync(home)).toEqual([]);
});
