import { totalmem } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begins with the file that takes longest, so that the others run beside it instead of before it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const longest = sorted.filter(({ moduleId }) => moduleId.endsWith('/notebooksRun.test.ts'));
    return [...longest, ...sorted.filter((file) => !longest.includes(file))];
  }
}

const OURS_NOT = [...configDefaults.exclude, 'test/tmp/**'];

/** Of the tests below those that load TensorFlow: the end of its thread would take the whole process down. */
const WITH_TENSORFLOW = [
  'test/charts/stacked.test.ts',
  'test/images/tinyImagenet.test.ts',
  'test/runs/{checkpointFile,experiment,schemas}.test.ts',
  'test/stats/{codeLength,difficulty}.test.ts',
];
/**
 * Tests that share one thread, in which libraries are loaded once: loading them takes half the time of such files. What
 * atomicWrite says once a process needs a process of its own.
 */
const TOGETHER = ['test/{charts,docs,images,runs,site,stats,tasks}/**/*.test.ts', 'test/files/!(atomicWrite).test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: TOGETHER,
          exclude: [...OURS_NOT, ...WITH_TENSORFLOW],
          pool: 'threads',
          setupFiles: ['test/support/withoutTensorflow.ts'],
        },
      },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...OURS_NOT, ...TOGETHER] } },
      { extends: true, test: { name: 'with TensorFlow', include: WITH_TENSORFLOW } },
    ],
    setupFiles: ['test/support/giveWay.ts'],
    exclude: OURS_NOT,
    // The compiled library is CommonJS: left to Node's own loader, TensorFlow is loaded once in a test file.
    server: { deps: { external: [/\/(lib|verify|workshop)\/dist\//] } },
    // A process of its own for each file, since TensorFlow's state and threads belong to the process.
    pool: 'forks',
    // Three files side by side keep two cores busy, since many wait for other programs; a kernel beside each takes 1.2 GB.
    poolOptions: {
      threads: { isolate: false, minThreads: 1, maxThreads: 1 },
      forks: { minForks: 1, maxForks: totalmem() > 12e9 ? 3 : 2 },
    },
    // One thread an operation, for the same reason. XLA takes seconds to compile what a test runs ten times: see test/support/xla.ts.
    env: { TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', TF_XLA_FLAGS: '--tf_xla_auto_jit=-1' },
    sequence: { sequencer: LongestFirst },
    // For machines that are slow or do other things too.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
