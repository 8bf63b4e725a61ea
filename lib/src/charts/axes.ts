/** Axes that several charts have: a column's name, and how it is drawn. A cell can change one: `{ ...axes.samples, title }`. */
export interface Axis {
  field: string;
  title?: string;
  scale?: object;
  axis?: object;
  /** How a value is written when the mouse is over it. */
  format?: string;
}

/** Disambiguation samples: like a logarithm for large n, and yet with a place for n = 0. */
export const samples: Axis = {
  field: 'n',
  title: 'disambiguation samples',
  scale: { type: 'symlog', constant: 10, nice: false },
  axis: { values: [0, 10, 40, 160, 640, 2500, 10_000], format: ',d', labelOverlap: 'greedy', labelSeparation: 6 },
  format: ',d',
};

/** The same for the small panels of a grid. */
export const fewSamples: Axis = { ...samples, title: 'samples', axis: { values: [0, 40, 640], format: ',d' } };

/** Samples needed, from one upwards. */
export const samplesNeeded: Axis = {
  field: 'samples',
  title: 'samples needed',
  scale: { type: 'log', nice: false },
  axis: {
    values: [1, 10, 100, 1000].flatMap((power) => [power, 2 * power, 5 * power]).concat(10_000),
    format: ',d',
    labelOverlap: 'greedy',
  },
  format: ',.0f',
};

/** A share from 0 to 1, with a little room above 1, where many points lie. */
export const share = (field: string, title: string): Axis => ({
  field,
  title,
  scale: { domain: [0, 1.03], nice: false },
  axis: { format: '.1f', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  format: '.3f',
});

export const accuracy: Axis = share('accuracy', 'test accuracy');

/** Shape decisions of all for either cue: 0 is texture, 1 is shape. */
export const shapeBias: Axis = share('bias', 'shape bias: texture 0 … shape 1');

/** Training loss or evaluation loss. */
export const loss: Axis = { field: 'loss', title: 'loss (nats)', scale: { zero: false }, format: '.4f' };

/** Optimizer steps. */
export const step: Axis = {
  field: 'step',
  title: 'training step',
  scale: { nice: false },
  axis: { format: ',d', tickCount: 5 },
  format: ',d',
};

export const layers: Axis = {
  field: 'layers',
  title: 'layers',
  scale: { zero: false, nice: false, padding: 14 },
  axis: { values: [2, 4, 6, 8, 10, 12], format: 'd' },
  format: 'd',
};

/** A difference: signs at the ticks, and 0 without one. */
export const difference = (title: string, field = 'difference'): Axis => ({
  field,
  title,
  axis: { format: '+.2f', labelExpr: "datum.value === 0 ? '0' : datum.label", tickCount: 5 },
  format: '+.3f',
});

/** A mask's temperature T, on a logarithmic axis. */
export const temperature: Axis = {
  field: 'temperature',
  title: 'temperature T',
  scale: { type: 'log', nice: false },
  axis: { values: [1, 2, 5, 10, 20, 50, 100], format: 'd' },
  format: '.1f',
};
