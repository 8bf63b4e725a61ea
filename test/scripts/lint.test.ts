import { expect, it } from 'vitest';
import { command } from '../support/run';

it('the format, the lint rules and all types hold', async () => {
  const { status, stdout, stderr } = await command('lint');
  expect(`${stdout}${stderr}`).toMatch(/format and lint rules: passed[\s\S]*notebooks: passed/);
  expect(status).toBe(0);
});
