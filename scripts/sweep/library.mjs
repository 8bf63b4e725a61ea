// @ts-check

/** What a sweep needs of the compiled library. */
export async function sweepLibrary() {
  const [sweep, registry, project, cores] = await Promise.all([
    import('../../lib/dist/experiments/sweep/index.js'),
    import('../../lib/dist/experiments/index.js'),
    import('../../lib/dist/runs/project.js'),
    import('../../lib/dist/tensorflow/usableCores.js'),
  ]);
  return { ...sweep.default, ...registry.default, ...project.default, ...cores.default };
}

/** @typedef {Awaited<ReturnType<typeof sweepLibrary>>} SweepLibrary */
