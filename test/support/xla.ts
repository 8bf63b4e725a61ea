// Test files that are about XLA import this first; the others do without it (vitest.config.ts).
import { afterAll, expect } from 'vitest';

delete process.env.TF_XLA_FLAGS;
// What the library sets while it is loaded.
afterAll(() => expect(process.env.TF_XLA_FLAGS).toContain('auto_jit=2'));
