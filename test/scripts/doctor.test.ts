import { afterAll, expect, it } from 'vitest';
import { Checkout } from './checkout';

const checkout = new Checkout();
afterAll(() => checkout.remove());

it('npm run doctor says what fails and how to mend it, where nothing is set up', async () => {
  const { status, output } = await checkout.run(['doctor', '--json']);
  expect(status).toBe(1);
  const { ok, checks } = JSON.parse(output) as { ok: boolean; checks: { check: string; ok: boolean; said: string }[] };
  expect(ok).toBe(false);
  const failed = checks.filter((check) => !check.ok);
  expect(failed.map(({ check, said }) => `${check}: ${said}`)).toEqual(
    ['JupyterLab', 'TensorFlow', 'a notebook trains and draws'].map(
      (check) => `${check}: The set-up is not complete: run npm run setup.`,
    ),
  );
  expect((await checkout.run(['doctor'])).output).toMatch(/^FAIL TensorFlow .*npm run setup.*Not ready/ms);
});
