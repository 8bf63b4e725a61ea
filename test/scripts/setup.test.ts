import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireSpace } from '../../scripts/setup/prerequisites.mjs';
import { wheelOf } from '../../scripts/setup/tensorflowLibrary.mjs';
import { ended } from '../support/run';
import { Checkout, type Program } from './checkout';

const ALL_CALLS = [
  'npm ci',
  'venv',
  'pip install',
  'pip download',
  '  tensorflow-cpu==2.21.0 manylinux_2_27_x86_64',
  'extract',
  'compile',
  'tsc',
];

/** Calls that are made one after the other; the rows of a stage are made side by side. */
const ROWS = [['npm ci', 'tsc'], ['venv', 'pip install', 'pip download', 'extract'], ['compile']];

let checkout: Checkout;
afterEach(() => checkout?.remove());

/** A checkout whose set-up has been made. */
async function madeCheckout(): Promise<Checkout> {
  const made = new Checkout();
  const { status, output } = await made.run(['setup']);
  expect(output).toMatch(/Everything is set up/);
  expect(status).toBe(0);
  return made;
}

/** Writes a file that Node loads first, to make it say something else about itself. */
function pretend(code: string): NodeJS.ProcessEnv {
  const path = join(checkout.folder, 'pretend.cjs');
  writeFileSync(path, code);
  return { NODE_OPTIONS: `--require ${path}` };
}

describe('the set-up', () => {
  // One for all: each test makes again what it breaks.
  let made: Checkout;
  beforeAll(async () => {
    made = await madeCheckout();
  });
  afterAll(() => made.remove());

  it('makes every part, and finds everything made the second time', async () => {
    const calls = made.calls();
    expect([...calls].sort()).toEqual([...ALL_CALLS].sort());
    const at = (call: string) => calls.indexOf(call);
    for (const row of ROWS) expect(row.map(at)).toEqual(row.map(at).sort((a, b) => a - b));
    for (const call of ['tsc', 'extract']) expect(at('compile')).toBeGreaterThan(at(call));
    expect(made.read('.native/tensorflow/libtensorflow_cc.so.2')).toBe('whole');
    expect(made.has('.native.tmp')).toBe(false);
    expect(made.has('.setup.lock')).toBe(false);
    const kernel = JSON.parse(made.read('.venv/share/jupyter/kernels/tslab/kernel.json'));
    expect(kernel.argv).toContain(join(made.root, 'scripts/kernel.mjs'));
    expect(kernel.argv[0]).toBe(process.execPath);

    const again = await made.run(['setup']);
    expect(again.status).toBe(0);
    expect(made.calls()).toEqual(['tsc']);
  });

  it('makes again what a moved checkout has broken, and keeps the rest', async () => {
    made.calls();
    const moved = join(made.folder, 'moved');
    renameSync(made.root, moved);
    made.root = moved;
    expect((await made.run(['setup'])).status).toBe(0);
    // The library is compiled beside the other two, at any time.
    const calls = made.calls();
    expect(calls).toContain('tsc');
    expect(calls.filter((call) => call !== 'tsc')).toEqual(['venv', 'pip install']);
    expect(made.read('.venv/share/jupyter/kernels/tslab/kernel.json')).toContain(moved);
  });

  it.each(['', '/.package-lock.json'])('compiles the addon again when node_modules%s is gone', async (path) => {
    made.calls();
    rmSync(join(made.root, `node_modules${path}`), { recursive: true });
    // npm ci, interrupted, may have deleted these first.
    rmSync(join(made.root, 'node_modules/@tensorflow/tfjs-node-gpu/binding'), { recursive: true, force: true });
    expect((await made.run(['setup'])).status).toBe(0);
    expect(made.calls().sort()).toEqual(['compile', 'npm ci', 'tsc']);
  });

  it('compiles the addon again when it alone is gone', async () => {
    made.calls();
    rmSync(join(made.root, 'node_modules/@tensorflow/tfjs-node-gpu/lib'), { recursive: true });
    expect((await made.run(['setup'])).status).toBe(0);
    expect(made.calls().sort()).toEqual(['compile', 'tsc']);
  });

  it('takes the CUDA build with --gpu, and stays with it', async () => {
    made.calls();
    expect((await made.run(['setup', '--gpu'])).status).toBe(0);
    const calls = made.calls();
    expect(calls).toContain('tsc');
    expect(calls.filter((call) => call !== 'tsc')).toEqual([
      'pip download',
      '  tensorflow==2.21.0 manylinux_2_27_x86_64',
      'extract',
      'pip install cuda',
      'compile',
    ]);
    expect(made.has('.native/nvidia/cublas/lib/libcublas.so.12')).toBe(true);
    expect((await made.run(['setup'])).status).toBe(0);
    expect(made.calls()).toEqual(['tsc']);
    expect((await made.run(['setup', '--cpu'])).status).toBe(0);
    expect(made.has('.native/nvidia')).toBe(false);
  });

  it('knows the wheels of both architectures', () => {
    expect(wheelOf('cpu', 'arm64')).toEqual({ package: 'tensorflow', platform: 'manylinux_2_27_aarch64' });
    expect(() => wheelOf('gpu', 'arm64')).toThrow(/no CUDA build for arm64/);
  });
});

describe('an interrupted set-up goes on where it stopped', () => {
  const moments = ['npm ci', 'venv', 'pip install', 'pip download', 'extract', 'compile'];
  for (const [signal, moment] of [
    ...moments.map((call) => ['SIGKILL', call] as const),
    ['SIGINT', 'npm ci'] as const,
    ['SIGTERM', 'pip download'] as const,
  ]) {
    it(`after ${signal} during ${moment}`, async () => {
      checkout = new Checkout();
      const child = checkout.start(['setup'], { stub: { [moment]: 'hang' } });
      const end = ended(child);
      await checkout.untilCalled(moment);
      // To the whole group, as a terminal does.
      process.kill(-child.pid!, signal);
      const { status, stderr } = await end;
      await checkout.untilLockIsFree();
      expect(status).not.toBe(0);
      if (signal !== 'SIGKILL') expect(stderr).toMatch(/interrupted: run the same command again and it goes on/);
      const before = checkout.calls();

      const again = await checkout.run(['setup']);
      expect(again.output).toMatch(/Everything is set up/);
      expect(again.status).toBe(0);
      expect(checkout.read('.native/tensorflow/libtensorflow_cc.so.2')).toBe('whole');
      expect(checkout.read('node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')).toBe('whole');
      // What was whole before is not made again.
      const after = checkout.calls();
      const row = moment === 'compile' ? ROWS.slice(0, 2).flat() : ROWS.find((calls) => calls.includes(moment))!;
      const earlier = moment === 'compile' ? row : row.slice(0, row.indexOf(moment));
      // The stand-in for tsc makes nothing that could be whole.
      const whole = earlier.filter((call) => !['venv', 'tsc'].includes(call));
      expect(before).toEqual(expect.arrayContaining([...earlier, moment]));
      if (moment !== 'extract') for (const call of whole) expect(after).not.toContain(call);
    });
  }

  it('at once, though the program that was running would not end', async () => {
    checkout = new Checkout();
    const child = checkout.start(['setup'], { stub: { 'npm ci': 'deaf' } });
    const end = ended(child);
    await checkout.untilCalled('npm ci');
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(-child.pid!, 'SIGINT');
    const { status, stderr } = await end;
    expect(stderr).toMatch(/interrupted: run the same command again and it goes on/);
    expect(status).toBe(130);
    expect((await checkout.run(['setup'])).status).toBe(0);
  });

  it('and ends both programs that run side by side', async () => {
    checkout = new Checkout();
    const child = checkout.start(['setup'], { stub: { 'npm ci': 'hang', 'pip install': 'hang' } });
    const end = ended(child);
    await Promise.all(['npm ci', 'pip install'].map((call) => checkout.untilCalled(call)));
    // To the set-up alone: the others are its to end.
    child.kill('SIGTERM');
    expect((await end).status).toBe(143);
    // None holds the lock any more.
    expect((await checkout.run(['setup'])).status).toBe(0);
  });

  it('a wheel that cannot be unpacked is downloaded anew', async () => {
    checkout = new Checkout();
    const first = await checkout.run(['setup'], { stub: { extract: 'fail' } });
    expect(first.status).toBe(1);
    expect(first.output).toMatch(
      /TensorFlow's wheel could not be unpacked: run the command again to download it anew\./,
    );
    checkout.calls();
    expect((await checkout.run(['setup'])).status).toBe(0);
    expect(checkout.calls()).toContain('pip download');
  });

  it('a download that was whole is not repeated', async () => {
    checkout = new Checkout();
    const child = checkout.start(['setup'], { stub: { extract: 'hang' } });
    const end = ended(child);
    await checkout.untilCalled('extract');
    process.kill(-child.pid!, 'SIGKILL');
    await end;
    await checkout.untilLockIsFree();
    checkout.calls();
    expect((await checkout.run(['setup'])).status).toBe(0);
    expect(checkout.calls().sort()).toEqual(['compile', 'extract', 'tsc']);
  });

  it('a second set-up waits for the first, and for a program that outlives it', async () => {
    checkout = new Checkout();
    const child = checkout.start(['setup'], { stub: { 'npm ci': 'hang' } });
    const end = ended(child);
    await checkout.untilCalled('npm ci');
    const refusal = /^Another set-up of this folder is running \(process \d+ on .+\): wait until it has ended/m;
    const second = await checkout.run(['setup']);
    expect(second.output).toMatch(refusal);
    expect(second.status).toBe(1);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    expect((await checkout.run(['setup'])).output).toMatch(refusal);
    process.kill(-child.pid!, 'SIGKILL');
    await end;
    await checkout.untilLockIsFree();
    expect((await checkout.run(['setup'])).status).toBe(0);
  });
});

describe('what is missing is said in one sentence, before anything is downloaded', () => {
  const cases: {
    what: string;
    programs?: Program[];
    stub?: Record<string, string>;
    env?: NodeJS.ProcessEnv;
    says: RegExp;
  }[] = [
    {
      what: 'no compiler',
      programs: ['npm', 'python3'],
      says: /^No C\+\+ compiler was found \(g\+\+, c\+\+, clang\+\+\): install one .*\.$/,
    },
    {
      what: 'CXX names nothing',
      env: { CXX: '/no/such/g++' },
      says: /^CXX names \/no\/such\/g\+\+, which does not run: .*\.$/,
    },
    {
      what: 'no Python',
      programs: ['npm', 'g++'],
      says: /^No Python was found: install Python 3\.10 or newer .*\.$/,
    },
    {
      what: 'PYTHON names nothing',
      env: { PYTHON: '/no/python' },
      says: /^PYTHON names \/no\/python, which is no Python/,
    },
    {
      what: 'too old a Python',
      stub: { python: '3.8.18' },
      says: /^Python 3\.10 or newer is needed, and the one found is 3\.8\.18 \(python3\): .*\.$/,
    },
    {
      what: 'no venv module',
      stub: { venv: 'missing' },
      says: /^Python 3\.12\.1 \(python3\) lacks the modules venv and ensurepip: install them .*\.$/,
    },
  ];
  for (const { what, programs, stub, env, says } of cases) {
    it(what, async () => {
      checkout = new Checkout(programs);
      for (const command of ['setup', 'start']) {
        const { status, output } = await checkout.run([command], { stub, env });
        expect(output.trimEnd()).toMatch(says);
        expect(output.trimEnd()).not.toContain('\n');
        expect(status).toBe(1);
      }
      expect(checkout.calls()).toEqual([]);
    });
  }

  it.each(['18.19.1', '20.18.3', '21.7.3', '22.11.0'])('Node %s', async (version) => {
    checkout = new Checkout();
    const env = pretend(
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const { status, output } = await checkout.run(['start'], { env });
    expect(output.trimEnd()).toBe(
      `Node 20.19 or newer is needed (22.12 or newer of Node 22), and this is Node ${version}: install another from https://nodejs.org and run the command again.`,
    );
    expect(status).toBe(1);
  });

  it('a wrong platform', async () => {
    checkout = new Checkout();
    for (const [key, value] of [
      ['platform', 'win32'],
      ['arch', 'ia32'],
    ]) {
      const env = pretend(`Object.defineProperty(process, '${key}', { value: '${value}' });`);
      const { status, output } = await checkout.run(['setup'], { env });
      expect(output.trimEnd()).toMatch(/^These notebooks run on 64-bit Linux .*, and this is .*\.$/);
      expect(output).toContain(value);
      expect(status).toBe(1);
    }
  });

  it('a full disk', () => {
    checkout = new Checkout();
    expect(() => requireSpace(checkout.root, 3, 1.25)).toThrow(
      /^The set-up needs 3\.0 GB of free disk space, and .* has 1\.\d GB: /,
    );
    expect(() => requireSpace(checkout.root, 3, 3)).not.toThrow();
    expect(() => requireSpace(checkout.root, 1e9)).toThrow(/free disk space/);
  });

  it('an option that does not exist', async () => {
    checkout = new Checkout();
    const { status, output } = await checkout.run(['setup', '--cuda']);
    expect(output).toMatch(/^Unknown option '--cuda'/);
    expect(status).toBe(1);
  });
});

describe('a download that fails', () => {
  for (const [call, what] of [
    ['npm ci', 'The npm packages'],
    ['pip install', 'JupyterLab'],
    ['pip download', "TensorFlow's library"],
  ]) {
    it(`without network during ${call}`, async () => {
      checkout = new Checkout();
      const { status, output } = await checkout.run(['setup'], { stub: { [call]: 'offline' } });
      const last = output.trimEnd().split('\n').at(-1);
      expect(last).toMatch(new RegExp(`^${what} could not be downloaded because the registry was not reached: .*\\.$`));
      expect(status).toBe(1);
      expect((await checkout.run(['setup'])).status).toBe(0);
    });

    it(`for another reason during ${call}`, async () => {
      checkout = new Checkout();
      const { status, output } = await checkout.run(['setup'], { stub: { [call]: 'fail' } });
      expect(output).toContain(`${call}: something is wrong`);
      expect(output.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${what} could not be installed: `));
      expect(status).toBe(1);
    });
  }

  it('is recognised in what the real npm says', async () => {
    checkout = new Checkout(['python3', 'g++']);
    const { status, output } = await checkout.run(['setup'], {
      env: {
        PATH: `${join(checkout.folder, 'bin')}:${process.env.PATH}`,
        npm_config_registry: 'http://127.0.0.1:9',
        npm_config_fetch_retries: '0',
        npm_config_cache: join(checkout.folder, 'cache'),
      },
    });
    expect(output).toMatch(/^The npm packages could not be downloaded because the registry was not reached/m);
    expect(status).toBe(1);
  });

  it('is recognised in what the real pip says', async () => {
    checkout = new Checkout(['npm', 'g++']);
    const { status, output } = await checkout.run(['setup'], {
      env: {
        PATH: `${join(checkout.folder, 'bin')}:${process.env.PATH}`,
        PIP_CONFIG_FILE: '/dev/null',
        PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
        PIP_RETRIES: '1',
      },
    });
    expect(output).toMatch(/^JupyterLab could not be downloaded because the registry was not reached/m);
    expect(status).toBe(1);
  });

  it('a compiler that fails is quoted', async () => {
    checkout = new Checkout();
    const { status, output } = await checkout.run(['setup'], { stub: { compile: 'fail' } });
    expect(output).toContain('compile: something is wrong\nThe native addon did not compile: g++ failed');
    expect(status).toBe(1);
  });
});

describe('the port of npm start', () => {
  it('is refused when busy, before the set-up', async () => {
    checkout = new Checkout();
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const { status, output } = await checkout.run(['start', '--no-browser', '--port', `${port}`]);
    server.close();
    expect(output.trimEnd()).toBe(
      `Port ${port} is in use: choose another with --port, or leave --port out to get a free one.`,
    );
    expect(status).toBe(1);
    expect(checkout.calls()).toEqual([]);
  });

  it('is refused when it is no port', async () => {
    checkout = new Checkout();
    for (const text of ['lab', '0', '70000', '1.5', '']) {
      const { status, output } = await checkout.run(['start', `--port=${text}`]);
      expect(output.trimEnd()).toBe(`The port must be a whole number from 1 to 65535, and this is "${text}".`);
      expect(status).toBe(1);
    }
  });
});

describe('a library that does not compile', () => {
  it('is said with its errors', async () => {
    checkout = await madeCheckout();
    mkdirSync(join(checkout.root, 'node_modules/typescript/bin'), { recursive: true });
    const tsc = join(checkout.root, 'node_modules/typescript/bin/tsc');
    writeFileSync(tsc, "console.log('src/a.ts(1,1): error TS1005: expected'); process.exit(2);");
    const { status, output } = await checkout.run(['start']);
    expect(output).toBe(
      'src/a.ts(1,1): error TS1005: expected\nThe library does not compile: mend the errors above.\n',
    );
    expect(status).toBe(1);
  });
});
