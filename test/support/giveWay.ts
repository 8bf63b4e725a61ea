import { afterEach } from 'vitest';

// Tests that compute without a pause keep vitest's messages waiting, and it gives up on one after a minute.
afterEach(() => new Promise((resolve) => setImmediate(resolve)));
