import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jupyterEnvironment, PYTHON } from '../../scripts/lib/project.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { pipEnvironment } from '../../scripts/setup/pythonEnvironment.mjs';
import { PROJECT } from '../support/temporary';
import { Checkout } from './checkout';

let checkout: Checkout | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  checkout?.remove();
  checkout = undefined;
});

describe("Python's environment", () => {
  it("has no packages and settings from outside, and keeps what is not Python's", () => {
    const outside = [
      'PYTHONPATH',
      'PYTHONHOME',
      'PYTHONUSERBASE',
      'PYTHONSTARTUP',
      'PYTHONWARNINGS',
      'PYTHONIOENCODING',
    ];
    const jupyters = ['JUPYTER_PATH', 'JUPYTER_CONFIG_PATH', 'JUPYTER_NO_CONFIG', 'JUPYTERLAB_DIR'];
    for (const name of [...outside, ...jupyters]) vi.stubEnv(name, '/elsewhere');
    vi.stubEnv('PYTHON', '/usr/bin/python3.12');
    vi.stubEnv('JUPYTER_TOKEN', 'secret');
    const env = jupyterEnvironment();
    expect([...outside, ...jupyters].filter((name) => name in env)).toEqual([]);
    expect(env).toMatchObject({ PYTHON: '/usr/bin/python3.12', JUPYTER_TOKEN: 'secret', PATH: process.env.PATH });
    expect(env.JUPYTER_CONFIG_DIR).toBe(join(PROJECT, '.jupyter/config'));
  });

  it.each(['C', 'tr_TR.ISO-8859-9', 'de_DE@euro'])('reads files as UTF-8 in the locale %s', async (locale) => {
    vi.stubEnv('LC_ALL', locale);
    vi.stubEnv('PYTHONIOENCODING', 'latin-1');
    const code = `print(open(${JSON.stringify(join(PROJECT, 'README.md'))}).read().count('–') > 0, 'ü')`;
    expect(await run(PYTHON, ['-c', code], { env: jupyterEnvironment() })).toEqual({ status: 0, output: 'True ü\n' });
  });

  it('checks notebooks without a grammar that takes seconds to load', async () => {
    const code = "import nbformat, sys; print('jsonschema' in sys.modules, 'lark' in sys.modules)";
    expect((await run(PYTHON, ['-c', code], { env: jupyterEnvironment() })).output).toBe('True False\n');
  });
});

describe("pip's environment", () => {
  const context = {
    root: PROJECT,
    run: (program: string, args: string[], env?: NodeJS.ProcessEnv) =>
      run(program, args, { env: { ...jupyterEnvironment(), ...env } }),
  };

  it('takes mirrors, proxies and certificates from variables and files, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pip-'));
    const file = join(folder, 'pip.conf');
    writeFileSync(
      file,
      `[global]
index-url = https://mirror.invalid/it's
extra-index-url =
    https://one.invalid
    https://two.invalid
proxy = http://files:3128
timeout = 7
quiet = 2
target = /elsewhere
[install]
timeout = 9
prefix = /elsewhere
user = true
`,
    );
    const astray = ['TARGET', 'PREFIX', 'ROOT', 'USER', 'REQUIRE_VIRTUALENV', 'PYTHON', 'DRY_RUN', 'NO_DEPS', 'LOG'];
    for (const name of astray) vi.stubEnv(`PIP_${name}`, '/elsewhere');
    vi.stubEnv('PIP_CONFIG_FILE', file);
    vi.stubEnv('PIP_PROXY', 'http://variable:3128');
    vi.stubEnv('PIP_CERT', '/certificates.pem');
    const env = await pipEnvironment(context);
    rmSync(folder, { recursive: true });
    // This machine may have settings too.
    expect(env).toMatchObject({
      PIP_INDEX_URL: "https://mirror.invalid/it's",
      PIP_EXTRA_INDEX_URL: 'https://one.invalid https://two.invalid',
      PIP_PROXY: 'http://variable:3128',
      PIP_CERT: '/certificates.pem',
      PIP_TIMEOUT: '9',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INPUT: '1',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    });
    // undefined: a program that is started with this does not see it.
    for (const name of astray) expect(env).toHaveProperty(`PIP_${name}`, undefined);
  });
});

describe('the set-up of Python', () => {
  const stamp = '.venv/setup.json';

  it('is not called done while JupyterLab does not start', async () => {
    checkout = new Checkout();
    const { status, output } = await checkout.run(['setup'], { stub: { jupyterlab: 'broken' } });
    expect(output).toContain("No module named 'tornado'\nJupyterLab was installed and does not start:");
    expect(status).toBe(1);
    expect(checkout.has(stamp)).toBe(false);
  });

  it('of an older version is kept where it works, and made anew where it does not', async () => {
    checkout = new Checkout();
    await checkout.run(['setup']);
    const { works, ...older } = JSON.parse(checkout.read(stamp));
    expect(works).toBe(true);
    for (const [before, calls] of [
      ['', ['tsc']],
      ['broken', ['venv', 'pip install', 'tsc']],
    ] as const) {
      writeFileSync(join(checkout.root, stamp), JSON.stringify(older));
      checkout.calls();
      const { status, output } = await checkout.run(['setup'], { stub: { jupyterlab: before && 'broken until venv' } });
      expect(output).toMatch(/Everything is set up/);
      expect(status).toBe(0);
      // The library is compiled beside Python's environment.
      expect(checkout.calls().sort()).toEqual([...calls].sort());
      expect(JSON.parse(checkout.read(stamp))).toEqual({ ...older, works });
      expect(checkout.has('.venv/share/jupyter/kernels/tslab/kernel.json')).toBe(true);
    }
  });
});
