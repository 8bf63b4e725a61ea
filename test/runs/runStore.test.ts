import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeCsv } from '../../lib/dist/files/csv';
import { writeJson } from '../../lib/dist/files/json';
import { RunStore, runId } from '../../lib/dist/runs/runStore';
import { ELSEWHERE, namespacesRefused } from '../files/claims';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'runs-')), 'runs');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const settings = { seed: 1, layers: 2 };
const make = (accuracy: number) => async (run: string) => writeJson(join(run, 'result.json'), { accuracy });
const never = () => Promise.reject(new Error('made again'));

describe('runId', () => {
  it('is decided by stage and settings, not by the order of keys', () => {
    expect(runId('base', { b: 1, a: 2 })).toBe(runId('base', { a: 2, b: 1, c: undefined }));
    // printf '{"a":2,"b":1}' | sha256sum
    expect(runId('base', { b: 1, a: 2 })).toBe('base-d3626ac30a87');
    expect(runId('base', { a: 2 })).not.toBe(runId('base', { a: 3 }));
    expect(() => runId('Base run', {})).toThrow(
      'A stage is named by small letters, digits and hyphens, not "Base run".',
    );
    expect(() => runId('base', { a: Number.NaN })).toThrow('value.a as JSON: it is NaN');
  });
});

describe('RunStore', () => {
  it('makes a run once and finds it afterwards', async () => {
    const store = new RunStore({ folder });
    expect(store.find('base', settings)).toBeUndefined();
    const run = await store.produce('base', settings, async (path) => {
      writeJson(join(path, 'result.json'), { accuracy: 1 });
      writeCsv(join(path, 'log.csv'), [{ epoch: 1, loss: 0.5 }]);
      mkdirSync(join(path, 'deep'));
      writeFileSync(join(path, 'deep', 'file'), 'x');
    });
    expect(run.path).toBe(join(folder, runId('base', settings)));
    expect(run).toMatchObject({ id: runId('base', settings), stage: 'base', settings });
    expect(run.result()).toEqual({ accuracy: 1 });
    expect(run.log()).toEqual([{ epoch: 1, loss: 0.5 }]);
    expect(readFileSync(join(run.path, 'deep', 'file'), 'utf8')).toBe('x');
    const again = await new RunStore({ folder }).produce('base', { layers: 2, seed: 1 }, never);
    expect(again.result()).toEqual({ accuracy: 1 });
    expect(readdirSync(folder)).toEqual([run.id]);
  });

  it('lists the whole runs of a stage', async () => {
    const store = new RunStore({ folder });
    expect(store.list('base')).toEqual([]);
    for (const seed of [1, 2, 3]) await store.produce('base', { seed }, make(seed));
    await store.produce('base-wide', { seed: 1 }, make(9));
    rmSync(join(folder, runId('base', { seed: 2 }), 'result.json'));
    const results = store.list('base').map((run) => run.result().accuracy);
    expect(results.sort()).toEqual([1, 3]);
    expect(store.list('base-wide').map((run) => run.log())).toEqual([[]]);
  });

  it('finds runs in folders that are only read, and does not write there', async () => {
    const checkpoints = join(folder, '..', 'checkpoints');
    const { id } = await new RunStore({ folder: checkpoints }).produce('base', settings, make(0.7));
    const store = new RunStore({ folder, readOnly: [join(folder, '..', 'missing'), checkpoints] });
    expect((await store.produce('base', settings, never)).path).toBe(join(checkpoints, id));
    expect(store.list('base').map((run) => run.id)).toEqual([id]);
    await store.produce('base', { seed: 2 }, make(0.8));
    expect(readdirSync(checkpoints)).toEqual([id]);
    expect(store.list('base').length).toBe(2);
  });

  it('leaves nothing of a run whose making fails, or that made no result', async () => {
    const store = new RunStore({ folder });
    const fail = async (path: string) => {
      writeFileSync(join(path, 'weights'), 'half');
      throw new Error('interrupted');
    };
    await expect(store.produce('base', settings, fail)).rejects.toThrow('interrupted');
    await expect(store.produce('base', settings, async () => {})).rejects.toThrow(
      'The stage "base" ended without writing result.json.',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps the checkpoint of a run that was cut off until the run is whole', async () => {
    const store = new RunStore({ folder });
    const name = `.checkpoint-${runId('base', settings)}.safetensors`;
    const cutOff = async (_path: string, checkpoint: string) => {
      writeFileSync(checkpoint, 'epoch 3');
      throw new Error('cut off');
    };
    await expect(store.produce('base', settings, cutOff)).rejects.toThrow('cut off');
    expect(readdirSync(folder)).toEqual([name]);
    const run = await store.produce('base', settings, async (path, checkpoint) => {
      expect(readFileSync(checkpoint, 'utf8')).toBe('epoch 3');
      await make(0.7)(path);
    });
    expect(readdirSync(folder)).toEqual([run.id]);
    // Its process was killed before it could remove the checkpoint.
    writeFileSync(join(folder, name), 'epoch 9');
    await store.produce('base', settings, never);
    expect(readdirSync(folder)).toEqual([run.id]);
  });

  it('says in a sentence that the disk is full', async () => {
    const fail = () => Promise.reject(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }));
    const path = join(folder, runId('base', settings));
    await expect(new RunStore({ folder }).produce('base', settings, fail)).rejects.toThrow(
      `Cannot write ${path}: the disk is full; free some space and run again, what was there before is unchanged.`,
    );
  });

  it('does not trust a folder that is not whole: says so once, and makes it again', async () => {
    const path = join(folder, runId('base', settings));
    const damages: [() => void, string][] = [
      [() => rmSync(join(path, 'result.json')), 'it has no result.json'],
      [() => rmSync(join(path, 'settings.json')), 'it has no settings.json'],
      [() => writeFileSync(join(path, 'result.json'), '{"accu'), 'it cannot be read ('],
      [() => writeJson(join(path, 'settings.json'), { seed: 2 }), 'its settings.json does not belong to its name'],
      [() => writeJson(join(path, 'settings.json'), null), 'its settings.json does not belong to its name'],
      [() => renameSync(join(path, 'result.json'), join(path, 'results.json')), 'it has no result.json'],
    ];
    for (const [damage, because] of damages) {
      await new RunStore({ folder }).produce('base', settings, make(0.1));
      damage();
      const warnings: string[] = [];
      const store = new RunStore({ folder, warn: (sentence) => warnings.push(sentence) });
      expect(store.find('base', settings)).toBeUndefined();
      const run = await store.produce('base', settings, make(0.2));
      expect(run.result()).toEqual({ accuracy: 0.2 });
      expect(warnings.length).toBe(1);
      expect(warnings[0]).toContain(`${path} is not used, because ${because}`);
      expect(readdirSync(folder)).toEqual([run.id]);
      rmSync(run.path, { recursive: true });
    }
  });

  it('keeps the run of whoever finishes first', async () => {
    const [first, second] = [new RunStore({ folder }), new RunStore({ folder })];
    const slow = first.produce('base', settings, async (path) => {
      await second.produce('base', settings, make(0.2));
      await make(0.1)(path);
    });
    expect((await slow).result()).toEqual({ accuracy: 0.2 });
    expect(readdirSync(folder).length).toBe(1);
  });

  it('keeps a whole run that appears while a broken one is being replaced', async () => {
    const { path } = await new RunStore({ folder }).produce('base', settings, make(0.2));
    const whole = join(folder, 'elsewhere');
    renameSync(path, whole);
    mkdirSync(path);
    writeFileSync(join(path, 'settings.json'), '{}');
    const store = new RunStore({ folder, warn: () => {} });
    const run = await store.produce('base', settings, async (partial) => {
      await make(0.1)(partial);
      rmSync(path, { recursive: true });
      renameSync(whole, path);
    });
    expect(run.result()).toEqual({ accuracy: 0.2 });
  });
});

describe('a file system that lacks something', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Makes one call fail where `when` says so. */
  function fails(name: 'fsyncSync' | 'renameSync', code: string, when: (...args: unknown[]) => boolean) {
    const real = fs[name] as (...args: unknown[]) => void;
    vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      if (!when(...args)) return real(...args);
      throw Object.assign(new Error(`${code}: ${name}`), { code });
    });
  }

  it.each(['EIO', 'EINVAL'])('keeps a run where folders have no fsync (%s)', async (code) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    fails('fsyncSync', code, (file) => fs.fstatSync(file as number).isDirectory());
    const run = await new RunStore({ folder }).produce('base', settings, make(0.7));
    expect(run.result()).toEqual({ accuracy: 0.7 });
    expect(readdirSync(folder)).toEqual([run.id]);
  });

  it.each(['EPERM', 'ENOSYS', 'EXDEV'])(
    'is named before anything is computed where folders have no rename (%s)',
    async (code) => {
      fails('renameSync', code, (from) => fs.statSync(from as string).isDirectory());
      await expect(new RunStore({ folder }).produce('base', settings, never)).rejects.toThrow(
        `Runs cannot be kept in ${folder}, whose file system does not rename folders (${code}): let SUBTASK_RUNS name a folder on another disk.`,
      );
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('ends with a sentence where what is in the way of a run cannot be moved', async () => {
    const path = join(folder, runId('base', settings));
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'settings.json'), '{}');
    fails('renameSync', 'EXDEV', (from) => from === path); // a folder of a container's image
    const store = new RunStore({ folder, warn: () => {} });
    await expect(store.produce('base', settings, make(0.7))).rejects.toThrow('EXDEV');
  });

  it('says before anything is computed that a file is where the runs shall be', async () => {
    writeFileSync(folder, '');
    await expect(new RunStore({ folder }).produce('base', settings, never)).rejects.toThrow(
      `Cannot write ${join(folder, runId('base', settings))}: a part of its path is a file and no folder.`,
    );
  });
});

describe('a partial run', () => {
  it('that another process removed, while this one was stopped, ends with a sentence, and its checkpoint stays', async () => {
    const removed = async (path: string, checkpoint: string) => {
      writeFileSync(checkpoint, 'epoch 3');
      rmSync(join(path, '..'), { recursive: true });
      await make(0.7)(path);
    };
    await expect(new RunStore({ folder }).produce('base', settings, removed)).rejects.toThrow(
      /base-[0-9a-f]{12} was not made: this process was stopped for over 15 minutes, .* goes on from its last checkpoint\.$/,
    );
    expect(readdirSync(folder)).toEqual([`.checkpoint-${runId('base', settings)}.safetensors`]);
  });

  it('of another machine stays while its heart beats, and strays in the folder stay always', async () => {
    const partial = join(folder, `.partial-base-0123456789ab@${ELSEWHERE}`);
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(folder, '.DS_Store'), '');
    mkdirSync(join(folder, '.partial-mine'));
    const run = await new RunStore({ folder }).produce('base', settings, make(0.7));
    const strays = ['.DS_Store', '.partial-mine'];
    expect(readdirSync(folder).sort()).toEqual([...strays, partial.slice(folder.length + 1), run.id].sort());
    utimesSync(partial, Date.now() / 1000 - 960, Date.now() / 1000 - 960);
    await new RunStore({ folder }).produce('base', { seed: 2 }, make(0.7));
    expect(readdirSync(folder).sort()).toEqual([...strays, runId('base', { seed: 2 }), run.id].sort());
  });
});

// A process that makes runs 0..9, each of three files that name their maker, a few milliseconds apart; it writes a dot
// before the first and after each.
const MAKER = `
  const { RunStore } = require(${JSON.stringify(resolve('lib/dist/runs/runStore.js'))});
  const { writeJson } = require(${JSON.stringify(resolve('lib/dist/files/json.js'))});
  const { setTimeout: sleep } = require('node:timers/promises');
  const store = new RunStore({ folder: process.argv[1] });
  (async () => {
    process.stdout.write('.');
    for (let seed = 0; seed < 10; seed++) {
      await store.produce('base', { seed }, async (path) => {
        for (const name of ['weights.json', 'result.json', 'log.json']) {
          writeJson(path + '/' + name, { maker: process.pid, seed });
          await sleep(Math.random() * 4);
        }
      });
      process.stdout.write('.');
    }
  })();`;

function startMaker(): ChildProcess {
  return spawn(process.execPath, ['-e', MAKER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
}

const exit = (child: ChildProcess) => new Promise<number | null>((done) => child.on('exit', (code) => done(code)));

/** Every folder in the store is a whole run, made by one process; returns how many there are. */
function expectWhole(): number {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
  for (const name of names) {
    const contents = ['weights.json', 'result.json', 'log.json'].map((file) =>
      readFileSync(join(folder, name, file), 'utf8'),
    );
    expect(new Set(contents).size).toBe(1);
    const { seed } = JSON.parse(contents[0]) as { seed: number };
    expect(JSON.parse(readFileSync(join(folder, name, 'settings.json'), 'utf8'))).toEqual({ seed });
    expect(name).toBe(runId('base', { seed }));
  }
  return names.length;
}

describe('processes that share a store', () => {
  it('leave it consistent when they are killed at any moment', async () => {
    const reached = new Set<number>();
    for (let round = 0; round < 12; round++) {
      const child = startMaker();
      const ended = exit(child);
      let dots = 0;
      await new Promise<void>((far) => {
        child.stdout?.on('data', (written: Buffer) => {
          dots += written.length;
          if (dots > 2 * (round % 4)) far();
        });
      });
      await new Promise((later) => setTimeout(later, Math.random() * 10));
      child.kill('SIGKILL');
      await ended;
      reached.add(expectWhole());
      if (round % 4 === 3) rmSync(folder, { recursive: true, force: true });
    }
    expect(reached.size).toBeGreaterThan(1); // kills did come at different moments
    expect(spawnSync(process.execPath, ['-e', MAKER, folder]).status).toBe(0);
    expect(expectWhole()).toBe(10);
    expect(readdirSync(folder).length).toBe(10); // and what the dead left behind is gone
  });

  it('do not disturb each other', async () => {
    const codes = await Promise.all([startMaker(), startMaker(), startMaker()].map(exit));
    expect(codes).toEqual([0, 0, 0]);
    expect(expectWhole()).toBe(10);
    expect(readdirSync(folder).length).toBe(10);
  });

  it.skipIf(namespacesRefused)('do not disturb each other from two containers', async () => {
    const contained = ['--pid', '--fork', '--kill-child', process.execPath, '-e', MAKER, folder];
    const there = spawn('unshare', contained, { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await Promise.all([startMaker(), there].map(exit))).toEqual([0, 0]);
    expect(expectWhole()).toBe(10);
    expect(readdirSync(folder).length).toBe(10);
  });
});
