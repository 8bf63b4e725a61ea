// @ts-check
import { join } from 'node:path';
import { Failure, runScript } from './lib/failure.mjs';
import { readJson } from './lib/files.mjs';
import { ROOT } from './lib/project.mjs';
import { runHere } from './lib/run.mjs';
import { setUp } from './setup/setUp.mjs';

/** npm test [-- what vitest understands, such as a file's name]: the last line says how many tests passed and failed. */
runScript(async () => {
  await setUp();
  // Not the whole library, which loads TensorFlow.
  const { temporaryFolder } = (await import('../lib/dist/files/temporaryFolder.js')).default;
  const report = join(orFailure(temporaryFolder), 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)];
  const status = await runHere(process.execPath, args, { cwd: ROOT });
  const { passed, failed, skipped } = count(readJson(report), status);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
});

/**
 * What the library returns; the sentence that it throws is for the user.
 *
 * @template T
 * @param {() => T} call
 */
function orFailure(call) {
  try {
    return call();
  } catch (error) {
    throw new Failure(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {any} report vitest's report as JSON, undefined where vitest did not get so far
 * @param {number} status vitest's exit status
 */
function count(report, status) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  // A file that could not be loaded holds no test, and fails all the same.
  const unloaded = (report?.testResults ?? []).filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = (report?.numFailedTests ?? 0) + unloaded;
  // vitest also fails for errors outside of any test.
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}
