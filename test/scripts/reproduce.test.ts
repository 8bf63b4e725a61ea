import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCells, texts } from '../support/executedNotebook';
import { writeNotebook } from '../support/notebook';
import { command, ended, startCommand } from '../support/run';
import { projectFolder } from '../support/temporary';

describe('npm run reproduce', () => {
  it('executes notebooks in place and in order, with the preset, and leaves a failing one as it was', async () => {
    const folder = projectFolder('reproduce');
    const [first, failing, last] = ['first', 'failing', 'last'].map((name) => join(folder, `${name}.ipynb`));
    writeNotebook(first, [
      "import { createHash } from 'node:crypto';",
      "console.log(process.env.PRESET, process.cwd() === __dirname_of('x'));".replace(
        "__dirname_of('x')",
        JSON.stringify(folder),
      ),
    ]);
    writeNotebook(failing, [
      'const layers = 2;',
      // Thousands of outputs at once do not hide what came last.
      "for (let i = 1; i <= 6000; i++) console.log(i);\nconsole.error('a warning');\nfunction check(n: number) { if (n < 3) throw new Error('the model is too small'); }\ncheck(layers);",
      "console.log('never')",
    ]);
    writeNotebook(last, ["console.log('last')"]);
    const before = readFileSync(failing, 'utf8');

    const { status, stdout, stderr } = await command('reproduce', first, failing, last, '--preset', 'quick');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^first: passed in \d+ s$/);
    expect(lines[1]).toMatch(/^failing: failed after \d+ s at cell \[2\]: the model is too small$/);
    expect(lines[2]).toMatch(/^last: passed in \d+ s$/);
    expect(lines).toHaveLength(3);
    expect(stderr).toContain('check(layers);');
    expect(status).toBe(1);

    expect(readFileSync(failing, 'utf8')).toBe(before);
    const cells = JSON.parse(readFileSync(first, 'utf8')).cells;
    expect(cells[1].outputs[0].text.join('')).toBe('quick true\n');
    expect(cells.map((cell: { execution_count: number }) => cell.execution_count)).toEqual([1, 2]);
    expect(cells[1].metadata).toEqual({});
    expect(readdirSync(folder).sort()).toEqual(['failing.ipynb', 'first.ipynb', 'last.ipynb']);
  });

  it('writes copies elsewhere with --output-dir, and the paper preset is the default', async () => {
    const folder = projectFolder('reproduce');
    const path = join(folder, 'a.ipynb');
    writeNotebook(path, ['console.log(process.env.PRESET);\nfor (let i = 1; i <= 6000; i++) console.log(i);']);
    const before = readFileSync(path, 'utf8');
    const { status } = await command('reproduce', path, '--output-dir', join(folder, 'made/copies'));
    expect(status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(before);
    const printed = texts(readCells(join(folder, 'made/copies/a.ipynb')))
      .join('')
      .split('\n')
      .filter(Boolean);
    expect(printed).toHaveLength(1 + 6000); // however many come at once
    expect(printed[0]).toBe('paper');
  });

  it('says so when a kernel dies, when a cell does not compile, and when it gives no reason', async () => {
    const folder = projectFolder('reproduce');
    const [dying, wrong, silent] = ['dying', 'wrong', 'silent'].map((name) => join(folder, `${name}.ipynb`));
    writeNotebook(dying, ['process.exit(3)']);
    writeNotebook(wrong, ["const layers: number = 'two';"]);
    writeNotebook(silent, ["process.stderr.write = () => true;\nthrow new Error('said to nobody');"]);
    const { status, stdout } = await command('reproduce', dying, wrong, silent, '--jobs', '2');
    expect(stdout).toMatch(/^dying: failed after \d+ s at cell \[1\]: Error: the kernel has died/m);
    expect(stdout).toMatch(/^wrong: failed after \d+ s at cell \[1\]: Type 'string' is not assignable/m);
    expect(stdout).toMatch(/^silent: failed after \d+ s at cell \[1\]: Error: the kernel .* gives no reason$/m);
    expect(status).toBe(1);
  });

  it('can be interrupted: the notebook stays as it was and the kernel ends', async () => {
    const folder = projectFolder('reproduce');
    const path = join(folder, 'long.ipynb');
    const started = join(folder, 'started.txt');
    writeNotebook(path, [
      `(await import('node:fs')).writeFileSync(${JSON.stringify(started)}, String(process.pid));`,
      'await new Promise((wake) => setTimeout(wake, 600_000));',
    ]);
    const before = readFileSync(path, 'utf8');
    const child = startCommand(['reproduce', path]);
    const end = ended(child);
    while (!existsSync(started) && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 50));
    process.kill(-child.pid!, 'SIGINT');
    const { status, stdout } = await end;
    expect(stdout).toMatch(/^long: interrupted after \d+ s, the notebook was left as it was$/m);
    expect(status).toBe(130);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(existsSync(`/proc/${readFileSync(started, 'utf8')}`)).toBe(false);
  });

  it('refuses what it does not know in one sentence', async () => {
    for (const [args, says] of [
      [['99'], /^There is no notebook "99": (the notebooks are .*|there is no notebook yet)\.$/],
      [['missing.ipynb'], /^There is no notebook "missing\.ipynb": .*\.$/],
      [[], /^Say which notebooks to run, by number or name: .*\.$/],
      [['00', '--jobs', '0'], /^--jobs is a whole number from 1 on, and this is "0"\.$/],
      [['00', '--preset', 'huge'], /^The preset is smoke, quick, paper, and this is "huge"\.$/],
    ] as [string[], RegExp][]) {
      const { status, stderr } = await command('reproduce', ...args);
      expect(stderr.trimEnd()).toMatch(says);
      expect(status).toBe(1);
    }
  });
});
