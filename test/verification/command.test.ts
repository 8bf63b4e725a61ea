import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Checkout } from '../scripts/checkout';
import { command, ended, startCommand } from '../support/run';
import { Copy, REFERENCE, SMALL } from './vectors';

describe('npm run verify', () => {
  it('prints a line a kind and ends with 0 where everything agrees', async () => {
    const { folder } = new Copy(SMALL, 'gpt2-forward', ['gpt2-forward']);
    cpSync(join(REFERENCE, 'expressions.json'), join(folder, 'expressions.json'));
    const { status, stdout } = await command('verify', folder);
    expect(stdout).toMatch(
      /^gpt2-forward +agrees +largest error [\d.e+-]+ \(tolerance [\d.e+-]+\) at .*; \d+ numbers\nexpressions +agrees .*\n$/,
    );
    expect(status).toBe(0);
  });

  it('ends with 1 where something differs, or cannot be read', async () => {
    const copy = new Copy(REFERENCE, 'expressions', ['expressions', 'transfer']);
    copy.editJson((json) => (json.y.ab[3] += 1));
    rmSync(copy.path('safetensors', 'transfer'));
    const { status, stdout } = await command('verify', copy.folder);
    expect(stdout).toMatch(/^transfer +differs .*transfer\.safetensors/);
    expect(stdout).toMatch(
      /\nexpressions +differs +largest error 1\.0e\+0 \(tolerance 0\.0e\+0\) at y: ab\[3\]; 1 of \d+ numbers differ\n$/,
    );
    expect(status).toBe(1);
  });

  it('sets nothing up: without the compiled library it says what to run', async () => {
    const checkout = new Checkout();
    onTestFinished(() => checkout.remove());
    const { status, output } = await checkout.run(['verify', join(process.cwd(), SMALL)]);
    expect(output).toBe('The library is not compiled yet: run npm run setup first.\n');
    expect(status).toBe(2);
    expect(checkout.calls()).toEqual([]);
  });

  it('takes a folder relative to where npm was called', async () => {
    const child = startCommand(['verify', 'small'], { ...process.env, INIT_CWD: join(process.cwd(), REFERENCE, '..') });
    const { status, stderr } = await ended(child);
    expect(stderr).toContain(`Cannot read the folder ${join(process.cwd(), 'test/small')}`);
    expect(status).toBe(2);
  });

  it('ends with 2 and one sentence where there is nothing to compare', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    onTestFinished(() => rmSync(empty, { recursive: true }));
    const cases: [string[], string][] = [
      [[], 'Name one folder of reference vectors.'],
      [[SMALL, REFERENCE], 'Name one folder of reference vectors.'],
      [['--fast', SMALL], "Unknown option '--fast'"],
      [[empty], `${empty} holds no reference vectors`],
    ];
    const results = await Promise.all(
      cases.map(async ([args, sentence]) => ({ sentence, ...(await command('verify', ...args)) })),
    );
    for (const { sentence, status, stdout, stderr } of results) {
      expect(stderr).toContain(sentence);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    }
  });
});
