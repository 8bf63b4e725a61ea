import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { jupyterEnvironment, PYTHON, ROOT } from '../../scripts/lib/project.mjs';

describe("the notebook's Interrupt", () => {
  it('stops a training within a second, keeps its results, and works as before afterwards', async () => {
    const script = fileURLToPath(new URL('interrupted_kernel.py', import.meta.url));
    const { stdout } = await promisify(execFile)(PYTHON, [script, join(ROOT, 'notebooks')], {
      env: jupyterEnvironment(),
    });
    const [training, afterwards, plainLoop, last] = JSON.parse(stdout);
    expect(training).toMatchObject({ status: 'ok', text: 'training\nstopped by the person\n' });
    expect(training.seconds).toBeLessThan(1);
    expect(afterwards).toMatchObject({ status: 'ok', text: 'true stopped by the person true\n' });
    expect(plainLoop.status).toBe('error');
    expect(plainLoop.seconds).toBeLessThan(2);
    expect(last).toMatchObject({ status: 'ok', text: '42\n' });
  });
});
