import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../support/run';
import { projectFolder } from '../support/temporary';

const IMPORT = "import { expect, it } from 'vitest';";

/** Runs npm test on a folder with these test files: its last line, and its exit status. */
async function lastLine(files: Record<string, string>) {
  const folder = projectFolder('npm-test');
  const all = { ...files, 'vitest.config.mjs': 'export default {};' };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  const { status, stdout } = await command('test', '--root', folder);
  expect(stdout.endsWith('\n')).toBe(true);
  return { status, line: stdout.trimEnd().split('\n').at(-1) };
}

describe('the last line of npm test', () => {
  it('counts what passed, failed and was skipped', async () => {
    const result = await lastLine({
      'a.test.ts': `${IMPORT}\nit('a', () => {});\nit('b', () => expect(1).toBe(2));\nit.skip('c', () => {});`,
      'b.test.ts': `${IMPORT}\nit('d', () => {});`,
    });
    expect(result).toEqual({ status: 1, line: '2 passed, 1 failed, 1 skipped' });
  });

  it('succeeds where all passed', async () => {
    expect(await lastLine({ 'a.test.ts': `${IMPORT}\nit('a', () => {});` })).toEqual({
      status: 0,
      line: '1 passed, 0 failed',
    });
  });

  it('counts a file that cannot be loaded as failed', async () => {
    const result = await lastLine({
      'a.test.ts': `${IMPORT}\nit('a', () => {});`,
      'b.test.ts': "import './missing';",
    });
    expect(result).toEqual({ status: 1, line: '1 passed, 1 failed' });
  });

  it('counts an error outside of the tests as failed', async () => {
    const result = await lastLine({
      'a.test.ts': `${IMPORT}\nit('a', async () => {\n  Promise.reject(new Error('unheard'));\n  await new Promise((wake) => setTimeout(wake, 50));\n});`,
    });
    expect(result).toEqual({ status: 1, line: '1 passed, 1 failed' });
  });

  it('fails where no test ran', async () => {
    expect((await lastLine({ 'a.test.ts': `${IMPORT}\nit.skip('a', () => {});` })).status).toBe(1);
    expect(await lastLine({})).toEqual({ status: 1, line: '0 passed, 1 failed' });
  });
});
