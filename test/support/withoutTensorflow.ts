import { readFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

// Where a thread that has loaded TensorFlow ends, the process ends with it: such a file belongs to WITH_TENSORFLOW.
afterAll(() => {
  if (process.platform === 'linux') expect(readFileSync('/proc/self/maps', 'utf8')).not.toMatch(/libtensorflow/);
});
